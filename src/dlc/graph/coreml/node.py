"""A node of a graph, as seen by CoreML's rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, numpy_helper, shape_inference

from dlc.arrays import Array
from dlc.graph.passes.nodes import attribute
from dlc.graph.passes.shapes import Shape, declared_dims, overridable

Problem = str | None
"""Why CoreML leaves a node to the CPU, in words; None if it takes it."""

MOST_AXES = 5
FLOATS = (TensorProto.FLOAT, TensorProto.FLOAT16)


@dataclass(frozen=True, slots=True)
class GraphFacts:
    """What is known about a graph's values before it runs.

    Attributes:
        opset: opset of ONNX's own operators.
        constants: tensors that no input can replace, by name.
        shapes: shapes of the values whose number of axes is known.
        elements: element types of the values, as `TensorProto.DataType`.
        made: values that come from a node rather than from an input or a constant.
    """

    opset: int
    constants: Mapping[str, TensorProto]
    shapes: Mapping[str, Shape]
    elements: Mapping[str, int]
    made: frozenset[str]

    @classmethod
    def of(cls, model: onnx.ModelProto) -> GraphFacts:
        """Infer shapes and types; large weights may be external, as only their shapes matter."""
        graph = shape_inference.infer_shapes(model).graph
        defaults = overridable(model)
        tensors = [tensor for tensor in graph.initializer if tensor.name not in defaults]
        constants = {tensor.name: tensor for tensor in tensors}
        constants |= {node.output[0]: attribute(node, "value", None) for node in _constants(graph)}
        values = [
            value
            for value in (*graph.value_info, *graph.output, *graph.input)
            if value.type.HasField("tensor_type")
        ]
        shapes = {
            value.name: tuple(
                size if isinstance(size, int) else None for size in declared_dims(value)
            )
            for value in values
            if value.type.tensor_type.HasField("shape")
        }
        elements = {value.name: value.type.tensor_type.elem_type for value in values}
        for name, tensor in constants.items():
            shapes[name], elements[name] = tuple(tensor.dims), tensor.data_type
        made = frozenset(name for node in graph.node for name in node.output) - constants.keys()
        versions = [
            entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx")
        ]
        return cls(max(versions, default=0), constants, shapes, elements, made)


@dataclass(frozen=True, slots=True)
class CoremlNode:
    """A node, the facts about its graph, and the ONNX Runtime that would run it.

    Attributes:
        node: the node itself.
        facts: the facts about its graph.
        release: major and minor version of ONNX Runtime.
    """

    node: onnx.NodeProto
    facts: GraphFacts
    release: tuple[int, int]

    def attribute(self, name: str, default: Any) -> Any:
        """Return an attribute's value."""
        return attribute(self.node, name, default)

    def has(self, index: int) -> bool:
        """Return whether there is an input at this index."""
        return index < len(self.node.input) and bool(self.node.input[index])

    def shape(self, index: int) -> Shape | None:
        """Return an input's shape; None if not even its number of axes is known."""
        return self.facts.shapes.get(self.node.input[index])

    def element(self, index: int) -> int:
        """Return an input's element type, 0 if unknown."""
        return self.facts.elements.get(self.node.input[index], 0)

    def is_constant(self, index: int) -> bool:
        """Return whether an input is a constant."""
        return self.node.input[index] in self.facts.constants

    def is_made(self, index: int) -> bool:
        """Return whether an input comes from another node."""
        return self.node.input[index] in self.facts.made

    def value(self, index: int) -> Array | None:
        """Return the value of a small constant input; None for anything else."""
        tensor = self.facts.constants.get(self.node.input[index])
        return None if tensor is None else np.asarray(numpy_helper.to_array(tensor))

    def integers(self, index: int) -> list[int]:
        """Return the values of a small constant input as a list; empty for anything else."""
        value = self.value(index)
        return [] if value is None else [int(number) for number in value.reshape(-1)]

    def not_constant(self, *indices: int) -> Problem:
        """Return which of the given inputs that have to be constants is not one."""
        for index in indices:
            if self.has(index) and not self.is_constant(index):
                return f"its input {self.node.input[index]} is not a constant"
        return None


Rule = Callable[[CoremlNode], Problem]


def _constants(graph: onnx.GraphProto) -> list[onnx.NodeProto]:
    """Return the nodes that ONNX Runtime folds into constants before anything else."""
    return [
        node
        for node in graph.node
        if node.op_type == "Constant" and attribute(node, "value", None) is not None
    ]

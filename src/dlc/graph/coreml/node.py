"""A node of a graph as CoreML's rules look at it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, numpy_helper, shape_inference

from dlc.graph.passes.nodes import attribute
from dlc.graph.passes.shapes import Shape, declared_dims, overridable

Problem = str | None
"""Why CoreML leaves a node to the CPU, in words; None if it takes it."""

MOST_AXES = 5
FLOATS = (TensorProto.FLOAT, TensorProto.FLOAT16)


@dataclass(frozen=True, slots=True)
class GraphFacts:
    """What is known of a graph's values before it is run.

    Attributes:
        opset: of ONNX's own operators.
        constants: the tensors that no input can replace, by name.
        shapes: of the values whose number of axes is known.
        elements: the type of a value's elements, as `TensorProto.DataType`.
        made: the values that come from a node, not from outside and not from a constant.
    """

    opset: int
    constants: Mapping[str, TensorProto]
    shapes: Mapping[str, Shape]
    elements: Mapping[str, int]
    made: frozenset[str]

    @classmethod
    def of(cls, model: onnx.ModelProto) -> GraphFacts:
        """Infer shapes and types; large weights may be elsewhere, as only their shapes matter."""
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
    """A node, what is known of its graph, and the ONNX Runtime that would run it.

    Attributes:
        node: the node itself.
        facts: of its graph.
        release: major and minor version of ONNX Runtime.
    """

    node: onnx.NodeProto
    facts: GraphFacts
    release: tuple[int, int]

    def attribute(self, name: str, default: Any) -> Any:
        """Return an attribute's value."""
        return attribute(self.node, name, default)

    def has(self, index: int) -> bool:
        """Return whether there is an input at this place."""
        return index < len(self.node.input) and bool(self.node.input[index])

    def shape(self, index: int) -> Shape | None:
        """Return an input's shape; None if not even the number of its axes is known."""
        return self.facts.shapes.get(self.node.input[index])

    def element(self, index: int) -> int:
        """Return the type of an input's elements, 0 if it is unknown."""
        return self.facts.elements.get(self.node.input[index], 0)

    def is_constant(self, index: int) -> bool:
        """Return whether an input is a constant."""
        return self.node.input[index] in self.facts.constants

    def is_made(self, index: int) -> bool:
        """Return whether an input comes from another node."""
        return self.node.input[index] in self.facts.made

    def value(self, index: int) -> NDArray[Any] | None:
        """Return the value of a small constant input; None if it is none."""
        tensor = self.facts.constants.get(self.node.input[index])
        return None if tensor is None else np.asarray(numpy_helper.to_array(tensor))

    def integers(self, index: int) -> list[int]:
        """Return the values of a small constant input as a list; empty if it is none."""
        value = self.value(index)
        return [] if value is None else [int(number) for number in value.reshape(-1)]

    def not_constant(self, *indices: int) -> Problem:
        """Return which of the inputs that have to be constants, where they are given, is none."""
        for index in indices:
            if self.has(index) and not self.is_constant(index):
                return f"its input {self.node.input[index]} is no constant"
        return None


Rule = Callable[[CoremlNode], Problem]


def _constants(graph: onnx.GraphProto) -> list[onnx.NodeProto]:
    """Return the nodes that ONNX Runtime turns into constants before anything else."""
    return [
        node
        for node in graph.node
        if node.op_type == "Constant" and attribute(node, "value", None) is not None
    ]

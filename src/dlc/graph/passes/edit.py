"""Reads and changes a graph without copying its weights."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import onnx
from onnx import helper, numpy_helper

from dlc.arrays import Array
from dlc.graph.passes.nodes import (
    STANDARD_DOMAINS,
    all_names,
    constant_value,
    count_uses,
    tensor_value,
)
from dlc.graph.passes.shapes import (
    Dims,
    Shape,
    inferred_shapes,
    inferred_types,
    overridable,
    set_dims,
)
from dlc.graph.passes.unused import without_unused

# From this opset on, Pad and Slice take arguments as inputs, and Slice and Concat negative axes.
_FIRST_OPSET = 11


class Edit:
    """A model's main graph, read-only, and the changes planned to it.

    Control flow bodies are never changed, but what they use of the main graph counts as used, and
    new names avoid theirs.
    """

    def __init__(self, model: onnx.ModelProto) -> None:
        graph = model.graph
        self.model = model
        self.opset = _opset(model)
        defaults = overridable(model)
        self._tensors = {t.name: t for t in graph.initializer if t.name not in defaults}
        self._producers = {name: node for node in graph.node for name in node.output if name}
        self._uses = count_uses(graph.node, graph.output)
        self._taken = set(all_names(graph))
        self._replaced: dict[int, list[onnx.NodeProto]] = {}
        self._added: dict[str, Array] = {}
        self._dims: dict[str, Dims] = {}
        self._elements: dict[str, int] = {}
        self._outputs: list[onnx.ValueInfoProto] = []
        self._forgotten: set[str] = set()
        self._unlisted: set[str] = set()

    def nodes(self, *operators: str) -> Iterator[tuple[int, onnx.NodeProto]]:
        """Yield ONNX's own nodes of these kinds in the main graph, with their indices.

        Graphs with an opset before 11, whose operators differ, appear to have none.
        """
        if self.opset < _FIRST_OPSET:
            return
        for index, node in enumerate(self.model.graph.node):
            if node.op_type in operators and node.domain in STANDARD_DOMAINS:
                yield index, node

    @cached_property
    def inputs(self) -> list[onnx.ValueInfoProto]:
        """The inputs that a caller has to provide."""
        given = {tensor.name for tensor in self.model.graph.initializer}
        return [value for value in self.model.graph.input if value.name not in given]

    @cached_property
    def defaults(self) -> frozenset[str]:
        """The initializers that an input of the same name could replace."""
        return overridable(self.model).intersection(t.name for t in self.model.graph.initializer)

    @cached_property
    def shapes(self) -> Mapping[str, Shape]:
        """The shapes of the values with a known number of axes."""
        return inferred_shapes(self.model)

    @cached_property
    def types(self) -> Mapping[str, int]:
        """The known element types of the values, as ONNX type numbers."""
        return inferred_types(self.model)

    def producer(self, name: str) -> onnx.NodeProto | None:
        """Return the node in the main graph that produces a value."""
        return self._producers.get(name)

    def uses(self, name: str) -> int:
        """Return how often a value is used, by nodes at any depth and as an output."""
        return self._uses[name]

    def is_output(self, name: str) -> bool:
        """Return whether a value is an output of the graph."""
        return any(output.name == name for output in self.model.graph.output)

    def value(self, name: str, most: int | None = None) -> Array | None:
        """Return the value of a constant, or None for anything else.

        Args:
            name: name of an initializer or of a Constant node's output.
            most: constants with more elements also return None.
        """
        tensor = self._tensors.get(name)
        if tensor is None:
            node = self._producers.get(name)
            return constant_value(node, most) if node is not None else None
        return tensor_value(tensor, most)

    def is_stored(self, name: str) -> bool:
        """Return whether a value is an initializer, in the model or a file, not just a default."""
        return name in self._tensors

    def integers(self, name: str) -> list[int] | None:
        """Return the value of an integer constant with at most one axis; None for anything else."""
        value = self.value(name, most=64)
        if value is None or value.ndim > 1 or value.dtype.kind not in "iu":
            return None
        return [int(element) for element in value.reshape(-1)]

    def fresh(self, stem: str) -> str:
        """Return a name like `stem` that is unused in the model."""
        name, number = stem, 1
        while name in self._taken:
            name, number = f"{stem}.{number}", number + 1
        self._taken.add(name)
        return name

    def constant(self, values: Sequence[int] | Array) -> str:
        """Return the name of a constant, (n,) int64 if `values` is a list; small ones are shared.

        A new one goes before the last initializer, as insightface takes inswapper_128's last for
        the matrix `emap`.
        """
        array = np.array(values, np.int64) if not isinstance(values, np.ndarray) else values
        key = _sharing_key(array)
        name = self._shared.get(key) if key is not None else None
        if name is None:
            text = "_".join(map(str, array.tolist())) if key is not None else "weights"
            name = self.fresh(f"{array.dtype}.{text}".replace("-", "m"))
            self._added[name] = array
            if key is not None:
                self._shared[key] = name
        return name

    def node(
        self, operator: str, inputs: Sequence[str], output: str, **attributes: Any
    ) -> onnx.NodeProto:
        """Return a new node with one output, named after that output if the name is free."""
        name = self.fresh(f"{output}.node") if self.is_output(output) else output
        return helper.make_node(operator, inputs, [output], name=name, **attributes)

    def replace(self, index: int, nodes: Iterable[onnx.NodeProto]) -> None:
        """Plan to replace a node with `nodes`, possibly none."""
        self._replaced[index] = list(nodes)

    def define(self, name: str, value: Array) -> None:
        """Plan to make a value whose node is removed an initializer, if it is still used."""
        self._added[name] = value

    def declare(self, name: str, dims: Dims) -> None:
        """Plan to change the declared shape of a value; a string names an open size."""
        self._dims[name] = dims

    def retype(self, name: str, element: int) -> None:
        """Plan to change the declared element type of an input or output."""
        self._elements[name] = element

    def remove_inputs(self, names: Iterable[str]) -> None:
        """Plan to remove inputs; their initializers stay, as constants."""
        self._unlisted.update(names)

    def add_output(self, value: onnx.ValueInfoProto) -> None:
        """Plan to add an output."""
        self._outputs.append(value)

    def forget(self, names: Iterable[str]) -> None:
        """Plan to drop the declared shapes of values inside the graph."""
        self._forgotten.update(names)

    @cached_property
    def _shared(self) -> dict[tuple[str, bytes] | None, str]:
        arrays = ((name, tensor_value(tensor, most=8)) for name, tensor in self._tensors.items())
        return {_sharing_key(array): name for name, array in arrays if array is not None}

    def write_to(self, model: onnx.ModelProto) -> None:
        """Apply the changes to `model`, which is the one that was read or a copy of it.

        Whatever is unused as a result is removed, except the last initializer.
        """
        graph = model.graph
        graph.output.extend(self._outputs)
        removed = [graph.node[index] for index in self._replaced]
        nodes = [
            node
            for index, old in enumerate(graph.node)
            for node in self._replaced.get(index, [old])
        ]
        nodes, unused = without_unused(nodes, removed, graph.output, self._added)
        if self._replaced:
            del graph.node[:]
            graph.node.extend(nodes)
        _remove_named(graph.input, self._unlisted)
        _remove_named(graph.value_info, unused | self._forgotten)
        self._write_initializers(model, unused)
        for value in (*graph.input, *graph.value_info, *graph.output):
            if value.name in self._dims:
                set_dims(value, self._dims[value.name])
            if value.name in self._elements:
                value.type.tensor_type.elem_type = self._elements[value.name]

    def _write_initializers(self, model: onnx.ModelProto, unused: set[str]) -> None:
        tensors = model.graph.initializer
        kept = {value.name for value in model.graph.input} if model.ir_version >= 4 else set()
        if tensors:
            kept.add(tensors[-1].name)
        _remove_named(tensors, unused - kept)
        if model.ir_version < 4:
            # In those files, every initializer is listed among the inputs.
            _remove_named(model.graph.input, (unused - kept) & self._tensors.keys())
        for name, array in self._added.items():
            if name in unused:
                continue
            tensor = numpy_helper.from_array(array, name)
            tensors.insert(max(len(tensors) - 1, 0), tensor)
            if model.ir_version < 4:
                info = helper.make_tensor_value_info(name, tensor.data_type, array.shape)
                model.graph.input.append(info)


def _opset(model: onnx.ModelProto) -> int:
    versions = (o.version for o in model.opset_import if o.domain in STANDARD_DOMAINS)
    return max(versions, default=0)


def _sharing_key(array: Array) -> tuple[str, bytes] | None:
    """Return a key for short lists of integers, None for all other constants."""
    if array.ndim != 1 or array.size > 8 or array.dtype.kind != "i":
        return None
    return array.dtype.str, array.tobytes()


def _remove_named(items: Any, names: set[str]) -> None:
    """Remove the elements of a repeated field with one of the names."""
    for index in reversed(range(len(items))):
        if items[index].name in names:
            del items[index]

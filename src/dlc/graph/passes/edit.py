"""Reading a graph and changing it, without copying its weights."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

from dlc.graph.passes.shapes import Shape, inferred_shapes, overridable, set_dims

Array = NDArray[Any]

# Pad and Slice take what they do as inputs, and Slice and Concat negative axes, from here on.
_FIRST_OPSET = 11
_STANDARD_DOMAINS = ("", "ai.onnx")
# The attributes of Constant other than whole tensors.
_CONSTANT_DTYPES = {
    "value_int": "int64",
    "value_ints": "int64",
    "value_float": "float32",
    "value_floats": "float32",
}


class Edit:
    """A model's main graph, which is only read, and the changes planned to it.

    Bodies of control flow are never changed, but what they use of the main graph counts as used,
    and no new name is one of theirs.
    """

    def __init__(self, model: onnx.ModelProto) -> None:
        graph = model.graph
        self.model = model
        self.opset = _opset(model)
        defaults = overridable(model)
        self._tensors = {t.name: t for t in graph.initializer if t.name not in defaults}
        self._producers = {name: node for node in graph.node for name in node.output if name}
        self._uses = _count_uses(graph.node, graph.output)
        self._taken = set(_all_names(graph))
        self._replaced: dict[int, list[onnx.NodeProto]] = {}
        self._added: dict[str, Array] = {}
        self._dims: dict[str, Sequence[int | str | None]] = {}
        self._forgotten: set[str] = set()

    def nodes(self, *operators: str) -> Iterator[tuple[int, onnx.NodeProto]]:
        """Yield ONNX's own nodes of the main graph with their place in it, of these kinds.

        Graphs of an opset before 11, whose operators are other ones, seem to have none.
        """
        if self.opset < _FIRST_OPSET:
            return
        for index, node in enumerate(self.model.graph.node):
            if node.op_type in operators and node.domain in _STANDARD_DOMAINS:
                yield index, node

    @cached_property
    def inputs(self) -> list[onnx.ValueInfoProto]:
        """The inputs that somebody has to give."""
        given = {tensor.name for tensor in self.model.graph.initializer}
        return [value for value in self.model.graph.input if value.name not in given]

    @cached_property
    def shapes(self) -> Mapping[str, Shape]:
        """The shapes of the values, of those that have a known number of axes."""
        return inferred_shapes(self.model)

    def producer(self, name: str) -> onnx.NodeProto | None:
        """Return the node of the main graph that a value comes from."""
        return self._producers.get(name)

    def uses(self, name: str) -> int:
        """Return how often a value is used, by nodes at any depth and as an output."""
        return self._uses[name]

    def is_output(self, name: str) -> bool:
        """Return whether a value is an output of the graph."""
        return any(output.name == name for output in self.model.graph.output)

    def value(self, name: str, most: int | None = None) -> Array | None:
        """Return the value of a constant, or None if it is none.

        Args:
            name: of an initializer or of what a Constant node gives.
            most: None also comes back for a constant of more elements.
        """
        tensor = self._tensors.get(name)
        if tensor is None:
            node = self._producers.get(name)
            return _constant_value(node, most) if node is not None else None
        return _array(tensor, most)

    def integers(self, name: str) -> list[int] | None:
        """Return the value of a constant that has at most one axis, of integers; None if none."""
        value = self.value(name, most=64)
        if value is None or value.ndim > 1 or value.dtype.kind not in "iu":
            return None
        return [int(element) for element in value.reshape(-1)]

    def fresh(self, stem: str) -> str:
        """Return a name like `stem` that nothing in the model has."""
        name, number = stem, 1
        while name in self._taken:
            name, number = f"{stem}.{number}", number + 1
        self._taken.add(name)
        return name

    def constant(self, values: Sequence[int] | Array) -> str:
        """Return the name of a constant, (n,) int64 if `values` is a list; a small one is shared.

        A new one goes before the last initializer: insightface takes the last of inswapper_128 for
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
        """Return a new node with one output, of which it gets its own name."""
        return helper.make_node(operator, inputs, [output], name=output, **attributes)

    def replace(self, index: int, nodes: Iterable[onnx.NodeProto]) -> None:
        """Plan to put `nodes` at the place of a node, perhaps none."""
        self._replaced[index] = list(nodes)

    def define(self, name: str, value: Array) -> None:
        """Plan to make a value whose node is removed an initializer, if it is used any more."""
        self._added[name] = value

    def declare(self, name: str, dims: Sequence[int | str | None]) -> None:
        """Plan to change the shape declared for a value; a text names an open size."""
        self._dims[name] = dims

    def forget(self, names: Iterable[str]) -> None:
        """Plan to drop the shapes declared for values inside the graph."""
        self._forgotten.update(names)

    @cached_property
    def _shared(self) -> dict[tuple[str, bytes] | None, str]:
        arrays = ((name, _array(tensor, most=8)) for name, tensor in self._tensors.items())
        return {_sharing_key(array): name for name, array in arrays if array is not None}

    def write_to(self, model: onnx.ModelProto) -> None:
        """Carry the changes out in `model`, which is the one that was read or a copy of it.

        What nothing uses any more because of them goes, except the last initializer.
        """
        graph = model.graph
        removed = [graph.node[index] for index in self._replaced]
        nodes = [
            node
            for index, old in enumerate(graph.node)
            for node in self._replaced.get(index, [old])
        ]
        nodes, unused = _without_unused(nodes, removed, graph.output, self._added)
        if self._replaced:
            del graph.node[:]
            graph.node.extend(nodes)
        _remove_named(graph.value_info, unused | self._forgotten)
        self._write_initializers(model, unused)
        for value in (*graph.input, *graph.value_info, *graph.output):
            if value.name in self._dims:
                set_dims(value, self._dims[value.name])

    def _write_initializers(self, model: onnx.ModelProto, unused: set[str]) -> None:
        tensors = model.graph.initializer
        kept = {value.name for value in model.graph.input} if model.ir_version >= 4 else set()
        if tensors:
            kept.add(tensors[-1].name)
        _remove_named(tensors, unused - kept)
        if model.ir_version < 4:
            # Every initializer is listed among the inputs there.
            _remove_named(model.graph.input, (unused - kept) & self._tensors.keys())
        for name, array in self._added.items():
            if name in unused:
                continue
            tensor = numpy_helper.from_array(np.ascontiguousarray(array).reshape(array.shape), name)
            tensors.insert(max(len(tensors) - 1, 0), tensor)
            if model.ir_version < 4:
                info = helper.make_tensor_value_info(name, tensor.data_type, array.shape)
                model.graph.input.append(info)


def attribute(node: onnx.NodeProto, name: str, default: Any) -> Any:
    """Return the value of a node's attribute, texts as `str`."""
    for found in node.attribute:
        if found.name == name:
            value = helper.get_attribute_value(found)
            return value.decode() if isinstance(value, bytes) else value
    return default


def optional_input(node: onnx.NodeProto, index: int) -> str:
    """Return the name of a node's input, "" if it has none there."""
    return node.input[index] if index < len(node.input) else ""


def subgraphs(node: onnx.NodeProto) -> Iterator[onnx.GraphProto]:
    """Yield the bodies of a node of control flow."""
    for found in node.attribute:
        if found.type == onnx.AttributeProto.GRAPH:
            yield found.g
        yield from found.graphs


def _opset(model: onnx.ModelProto) -> int:
    versions = (o.version for o in model.opset_import if o.domain in _STANDARD_DOMAINS)
    return max(versions, default=0)


def _used_names(node: onnx.NodeProto) -> Iterator[str]:
    """Yield what a node uses, and the nodes of its bodies and those bodies' outputs."""
    yield from filter(None, node.input)
    for body in subgraphs(node):
        for inner in body.node:
            yield from _used_names(inner)
        yield from (output.name for output in body.output)


def _count_uses(
    nodes: Iterable[onnx.NodeProto], outputs: Iterable[onnx.ValueInfoProto]
) -> Counter[str]:
    uses = Counter(name for node in nodes for name in _used_names(node))
    uses.update(output.name for output in outputs)
    return uses


def _all_names(graph: onnx.GraphProto) -> Iterator[str]:
    for values in (graph.input, graph.output, graph.value_info, graph.initializer):
        yield from (value.name for value in values)
    yield from (sparse.values.name for sparse in graph.sparse_initializer)
    for node in graph.node:
        yield from (node.name, *node.input, *node.output)
        for body in subgraphs(node):
            yield from _all_names(body)


def _array(tensor: onnx.TensorProto, most: int | None) -> Array | None:
    if tensor.data_location == onnx.TensorProto.EXTERNAL:
        return None
    if most is not None and np.prod(tensor.dims, dtype=np.int64) > most:
        return None
    return numpy_helper.to_array(tensor)


def _constant_value(node: onnx.NodeProto, most: int | None) -> Array | None:
    if node.op_type != "Constant" or node.domain not in _STANDARD_DOMAINS or not node.attribute:
        return None
    given = node.attribute[0]
    if given.name == "value":
        return _array(given.t, most)
    if given.name not in _CONSTANT_DTYPES:
        return None
    array: Array = np.array(helper.get_attribute_value(given), _CONSTANT_DTYPES[given.name])
    return array if most is None or array.size <= most else None


def _sharing_key(array: Array) -> tuple[str, bytes] | None:
    """Return what lists of a few integers are told apart by, None for all other constants."""
    if array.ndim != 1 or array.size > 8 or array.dtype.kind != "i":
        return None
    return array.dtype.str, array.tobytes()


def _without_unused(
    nodes: list[onnx.NodeProto],
    removed: Iterable[onnx.NodeProto],
    outputs: Iterable[onnx.ValueInfoProto],
    added: Iterable[str],
) -> tuple[list[onnx.NodeProto], set[str]]:
    """Drop the nodes that only served removed ones.

    Returns:
        The remaining nodes, and the values and initializers that are not used any more.
    """
    uses = _count_uses(nodes, outputs)
    producers = {name: index for index, node in enumerate(nodes) for name in node.output if name}
    dropped: set[int] = set()
    unused: set[str] = set()
    doubtful = [name for node in removed for name in (*node.input, *node.output)] + list(added)
    while doubtful:
        name = doubtful.pop()
        if not name or uses[name] or name in unused:
            continue
        unused.add(name)
        index = producers.get(name)
        if index is None or any(uses[output] for output in nodes[index].output):
            continue
        if index not in dropped and nodes[index].domain in _STANDARD_DOMAINS:
            dropped.add(index)
            inputs = list(_used_names(nodes[index]))
            uses.subtract(inputs)
            doubtful += [*inputs, *nodes[index].output]
    return [node for index, node in enumerate(nodes) if index not in dropped], unused


def _remove_named(items: Any, names: set[str]) -> None:
    """Remove the elements of a repeated field that have one of the names."""
    for index in reversed(range(len(items))):
        if items[index].name in names:
            del items[index]

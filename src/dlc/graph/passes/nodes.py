"""Reads nodes and the names they use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import onnx
from onnx import helper, numpy_helper

from dlc.arrays import Array

STANDARD_DOMAINS = ("", "ai.onnx")
# The attributes of Constant other than whole tensors.
_CONSTANT_DTYPES = {
    "value_int": "int64",
    "value_ints": "int64",
    "value_float": "float32",
    "value_floats": "float32",
}


def attribute(node: onnx.NodeProto, name: str, default: Any) -> Any:
    """Return the value of a node's attribute, strings as `str`."""
    for found in node.attribute:
        if found.name == name:
            value = helper.get_attribute_value(found)
            return value.decode() if isinstance(value, bytes) else value
    return default


def optional_input(node: onnx.NodeProto, index: int) -> str:
    """Return the name of a node's input, "" if there is none."""
    return node.input[index] if index < len(node.input) else ""


def subgraphs(node: onnx.NodeProto) -> Iterator[onnx.GraphProto]:
    """Yield the bodies of a control flow node."""
    for found in node.attribute:
        if found.type == onnx.AttributeProto.GRAPH:
            yield found.g
        yield from found.graphs


def tensor_value(tensor: onnx.TensorProto, most: int | None) -> Array | None:
    """Return a tensor's value; None if it is external or has more elements than `most`."""
    if tensor.data_location == onnx.TensorProto.EXTERNAL:
        return None
    if most is not None and np.prod(tensor.dims, dtype=np.int64) > most:
        return None
    value: Array = numpy_helper.to_array(tensor)
    return value


def constant_value(node: onnx.NodeProto, most: int | None) -> Array | None:
    """Return a Constant node's value; None for other nodes, or more elements than `most`."""
    if node.op_type != "Constant" or node.domain not in STANDARD_DOMAINS or not node.attribute:
        return None
    given = node.attribute[0]
    if given.name == "value":
        return tensor_value(given.t, most)
    if given.name not in _CONSTANT_DTYPES:
        return None
    array: Array = np.array(helper.get_attribute_value(given), _CONSTANT_DTYPES[given.name])
    return array if most is None or array.size <= most else None


def used_names(node: onnx.NodeProto) -> Iterator[str]:
    """Yield the values that a node and everything in its bodies use."""
    yield from filter(None, node.input)
    for body in subgraphs(node):
        for inner in body.node:
            yield from used_names(inner)
        yield from (output.name for output in body.output)


def count_uses(
    nodes: Iterable[onnx.NodeProto], outputs: Iterable[onnx.ValueInfoProto]
) -> Counter[str]:
    """Return how often each value is used, including as an output."""
    uses = Counter(name for node in nodes for name in used_names(node))
    uses.update(output.name for output in outputs)
    return uses


def all_names(graph: onnx.GraphProto) -> Iterator[str]:
    """Yield every name in a graph and in the bodies of its nodes."""
    for values in (graph.input, graph.output, graph.value_info, graph.initializer):
        yield from (value.name for value in values)
    yield from (sparse.values.name for sparse in graph.sparse_initializer)
    for node in graph.node:
        yield from (node.name, *node.input, *node.output)
        for body in subgraphs(node):
            yield from all_names(body)

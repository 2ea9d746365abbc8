"""Folds sizes that a graph computes into constants, once the size of its input is fixed."""

from __future__ import annotations

import logging

import numpy as np
import onnx
from onnx import helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from dlc.arrays import Array
from dlc.graph.names import Rewrite
from dlc.graph.passes.edit import Edit
from dlc.graph.passes.graph_pass import GraphPass
from dlc.graph.passes.nodes import attribute
from dlc.graph.passes.shapes import SMALL

logger = logging.getLogger(__name__)

_ROOTS = ("Shape", "Size")
# Operations on sizes before they are used. All are exact, in integers and floats alike.
_ARITHMETIC = (
    *("Gather", "Slice", "Split", "Concat", "Squeeze", "Unsqueeze", "Reshape", "Flatten"),
    *("Identity", "Cast", "Add", "Sub", "Mul", "Div", "Mod", "Neg", "Abs", "Min", "Max"),
    *("Floor", "Ceil", "ReduceProd", "Equal", "Where", "Expand", "ConstantOfShape", "Range"),
)
# A node that cannot be computed, such as a division by zero, is left for the runtime to refuse.
_UNCOMPUTABLE = (ArithmeticError, LookupError, RuntimeError, TypeError, ValueError)


def _plan(edit: Edit) -> int:
    values: dict[str, Array] = {}
    # The values that come from a shape; the others are the model's own constants.
    sizes: set[str] = set()
    folded = []
    for index, node in edit.nodes(*_ROOTS, *_ARITHMETIC):
        results = _results(edit, node, values)
        if results is None:
            continue
        values |= results
        if node.op_type in _ROOTS or sizes.intersection(node.input):
            sizes |= results.keys()
            folded.append((index, node))
    for index, node in folded:
        _fold(edit, index, {name: values[name] for name in node.output if name})
    return len(folded)


SHAPES = GraphPass(
    Rewrite.SHAPES,
    "CoreML takes neither Shape nor what computes sizes, nor any node whose shapes it cannot know",
    exact=True,
    plan=_plan,
)


def _results(edit: Edit, node: onnx.NodeProto, values: dict[str, Array]) -> dict[str, Array] | None:
    """Return a node's results by output, or None if they depend on the graph's inputs."""
    if node.op_type in _ROOTS:
        size = _asked_size(edit, node)
        return None if size is None else {node.output[0]: size}
    feeds = {}
    for name in filter(None, node.input):
        value = values.get(name)
        value = edit.value(name, most=SMALL) if value is None else value
        if value is None:
            return None
        feeds[name] = value
    try:
        with np.errstate(divide="raise", invalid="raise"):
            arrays = _computed(node, edit.opset, feeds)
    except _UNCOMPUTABLE as error:
        logger.info("%s %s is not computed beforehand: %s", node.op_type, node.name, error)
        return None
    if any(array.size > SMALL for array in arrays):
        return None
    return dict(zip(filter(None, node.output), arrays, strict=True))


def _computed(node: onnx.NodeProto, opset: int, feeds: dict[str, Array]) -> list[Array]:
    """Return a node's results for its inputs in an opset; a bare node would use the newest."""
    inputs = [_value_info(name, value) for name, value in feeds.items()]
    outputs = [onnx.ValueInfoProto(name=name) for name in node.output if name]
    graph = helper.make_graph([node], "node", inputs, outputs)
    results = ReferenceEvaluator(graph, opsets={"": opset}).run(None, feeds)
    return [np.asarray(result) for result in results]


def _value_info(name: str, value: Array) -> onnx.ValueInfoProto:
    element = helper.np_dtype_to_tensor_dtype(value.dtype)
    return helper.make_tensor_value_info(name, element, value.shape)


def _asked_size(edit: Edit, node: onnx.NodeProto) -> Array | None:
    shape = edit.shapes.get(node.input[0])
    if shape is None:
        return None
    if node.op_type == "Shape":
        # Negative and out-of-range bounds mean the same in ONNX as in Python.
        shape = shape[attribute(node, "start", 0) : attribute(node, "end", len(shape))]
    sizes = [size for size in shape if size is not None]
    if len(sizes) < len(shape):
        return None
    return np.array(sizes if node.op_type == "Shape" else np.prod(sizes), np.int64)


def _fold(edit: Edit, index: int, results: dict[str, Array]) -> None:
    """Replace a node with its results; an output of the graph keeps its node."""
    constants = []
    for name, value in results.items():
        if edit.is_output(name):
            tensor = numpy_helper.from_array(value)
            constants.append(helper.make_node("Constant", [], [name], name=name, value=tensor))
        else:
            edit.define(name, value)
    edit.replace(index, constants)

"""Flatten as Reshape."""

from __future__ import annotations

import math

import onnx

from dlc.graph.names import Rewrite
from dlc.graph.passes.edit import Edit
from dlc.graph.passes.graph_pass import GraphPass
from dlc.graph.passes.nodes import attribute
from dlc.graph.passes.shapes import Shape


def _plan(edit: Edit) -> int:
    count = 0
    for index, node in edit.nodes("Flatten"):
        shape = _target(edit, node)
        if shape is not None:
            inputs = [node.input[0], edit.constant(shape)]
            edit.replace(index, [edit.node("Reshape", inputs, node.output[0])])
            count += 1
    return count


FLATTEN = GraphPass(
    Rewrite.FLATTEN,
    "CoreML's ML programs have no Flatten, with which ArcFace's last layers begin",
    exact=True,
    plan=_plan,
)


def _target(edit: Edit, node: onnx.NodeProto) -> list[int] | None:
    """Return the shape for Reshape: 0 keeps a size, -1 is the rest.

    None if some size is 0, from which Reshape cannot infer the rest, or too many are open.
    """
    axis = attribute(node, "axis", 1)
    shape = edit.shapes.get(node.input[0])
    if shape is None or 0 in shape or axis < -len(shape):
        return None
    axis = axis + len(shape) if axis < 0 else axis
    rows, columns = _product(shape[:axis]), _product(shape[axis:])
    if axis == 1:
        # The number of pictures may be opened later.
        return [0, -1 if columns is None else columns]
    if rows is None and columns is None:
        return None
    return [-1 if rows is None else rows, -1 if columns is None else columns]


def _product(sizes: Shape) -> int | None:
    known = [size for size in sizes if size is not None]
    return math.prod(known) if len(known) == len(sizes) else None

"""Replaces each part of a Split with a Slice."""

from __future__ import annotations

from itertools import accumulate

import onnx

from dlc.graph.names import Rewrite
from dlc.graph.passes.edit import Edit
from dlc.graph.passes.graph_pass import GraphPass
from dlc.graph.passes.nodes import attribute, optional_input

# Before this opset, the sizes of the parts are an attribute.
_SIZES_AS_INPUT = 13


def _plan(edit: Edit) -> int:
    count = 0
    for index, node in edit.nodes("Split"):
        sizes = _sizes(edit, node)
        if sizes is None:
            continue
        axis = edit.constant([attribute(node, "axis", 0)])
        slices = []
        for output, size, end in zip(node.output, sizes, accumulate(sizes), strict=True):
            if output:
                bounds = [edit.constant([number]) for number in (end - size, end)]
                slices.append(edit.node("Slice", [node.input[0], *bounds, axis], output))
        edit.replace(index, slices)
        count += 1
    return count


SPLIT = GraphPass(
    Rewrite.SPLIT,
    "CoreML's ML programs lacked the Split that has its sizes in an attribute",
    exact=True,
    plan=_plan,
)


def _sizes(edit: Edit, node: onnx.NodeProto) -> list[int] | None:
    """Return the sizes of the parts; None if uncertain."""
    count = len(node.output)
    if edit.opset < _SIZES_AS_INPUT:
        given = attribute(node, "split", None)
        sizes = None if given is None else list(given)
    else:
        name = optional_input(node, 1)
        sizes = edit.integers(name) if name else None
        if name and sizes is None:
            return None
    if sizes is not None:
        return sizes if len(sizes) == count else None
    return _equal_sizes(edit, node)


def _equal_sizes(edit: Edit, node: onnx.NodeProto) -> list[int] | None:
    """Return the default sizes: all the same, the last one possibly smaller."""
    axis, count = attribute(node, "axis", 0), len(node.output)
    shape = edit.shapes.get(node.input[0], ())
    total = shape[axis] if -len(shape) <= axis < len(shape) else None
    if total is None or (total % count and edit.opset < 18):
        return None
    size = -(-total // count)
    last = total - size * (count - 1)
    return [*[size] * (count - 1), last] if last >= 0 else None

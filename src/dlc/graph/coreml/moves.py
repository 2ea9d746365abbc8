"""Rules for operators that move values: slice, split, concatenate and reshape."""

from __future__ import annotations

from onnx import TensorProto

from dlc.graph.coreml.node import MOST_AXES, CoremlNode, Problem, Rule
from dlc.graph.coreml.pad import pad_problem
from dlc.graph.coreml.resize import resize_problem
from dlc.graph.names import NEEDLESS_FROM, Rewrite


def _split(node: CoremlNode) -> Problem:
    modern, parts = node.facts.opset >= 13, len(node.node.output)
    if not modern and node.release < NEEDLESS_FROM[Rewrite.SPLIT]:
        return "its sizes are an attribute, which is taken from ONNX Runtime 1.27 on"
    if parts < 2:
        return "it has a single output"
    if modern and node.not_constant(1):
        return "its sizes are not a constant"
    shape = node.shape(0) or ()
    size = shape[node.attribute("axis", 0)] if shape else None
    sizes = _sizes_after_split(node)
    if sizes is None:
        uneven = size is not None and node.facts.opset < 18 and size % parts
        return "its parts are not of one size" if uneven else None
    if size is None:
        return "the size that it divides is open"
    return "its sizes do not add up, or one is 0" if sum(sizes) != size or 0 in sizes else None


def _sizes_after_split(node: CoremlNode) -> list[int] | None:
    """Return the size of each part; None if they are to be of one size."""
    if node.facts.opset < 13:
        sizes: list[int] | None = node.attribute("split", None)
        return sizes
    return node.integers(1) if node.has(1) else None


def _gather(node: CoremlNode) -> Problem:
    data, which = node.shape(0) or (), node.shape(1) or ()
    if node.element(1) not in (TensorProto.INT32, TensorProto.INT64):
        return "its indices are not integers"
    if not which:
        if node.release < NEEDLESS_FROM[Rewrite.SCALAR_GATHER]:
            return "its index is a scalar, which is taken from ONNX Runtime 1.27 on"
        if None in data:
            return "its index is a scalar, and the size of its data open"
        if len(data) > 4:
            return "its index is a scalar, and its data has more than 4 axes"
    if len(data) + len(which) - 1 > MOST_AXES:
        return f"its output has more than {MOST_AXES} axes"
    return None


def _gather_nd(node: CoremlNode) -> Problem:
    if node.attribute("batch_dims", 0):
        return "it has batch dimensions"
    return None if node.is_constant(1) else "its indices are not a constant"


def _slice(node: CoremlNode) -> Problem:
    shape = node.shape(0) or ()
    given = [index for index in range(1, 5) if node.has(index)]
    if not all(node.is_constant(index) for index in given):
        return "its bounds are not constants"
    if None in shape:
        return "the size of its input is open"
    values = {index: node.integers(index) for index in given}
    starts, ends = values[1], values[2]
    axes = values.get(3, list(range(len(starts))))
    steps = values.get(4, [1] * len(starts))
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        size = shape[axis]
        if size is not None and not len(range(*slice(start, _end(end, size), step).indices(size))):
            return "nothing is left of its input"
    return None


def _end(end: int, size: int) -> int | None:
    """Convert ONNX's end for Python, which has no number for a place before the first element."""
    return None if end < -size else end


def _reshape(node: CoremlNode) -> Problem:
    target = node.value(1)
    if target is None:
        return "the new shape is not a constant"
    if not target.size or not node.shape(0):
        return "it has no axes before or after"
    if None in (node.shape(0) or ()):
        return "the size of its input is open"
    if target.size > MOST_AXES:
        return f"the new shape has {target.size} axes, more than {MOST_AXES}"
    if node.attribute("allowzero", 0) and 0 in target:
        return "the new shape has a size of 0"
    return None


def _squeeze(node: CoremlNode) -> Problem:
    if node.has(1) and not node.is_constant(1):
        return "its axes are not a constant"
    if node.node.op_type == "Squeeze":
        return None
    axes = node.integers(1) if node.has(1) else node.attribute("axes", [])
    many = len(node.shape(0) or ()) + len(axes) > MOST_AXES
    return f"its output has more than {MOST_AXES} axes" if many else None


def _concat(node: CoremlNode) -> Problem:
    return "it has a single input" if len(node.node.input) < 2 else None


def _depth_to_space(node: CoremlNode) -> Problem:
    rearranged = node.attribute("mode", "DCR") == "CRD" and None in (node.shape(0) or ())
    return "the size of its input is open" if rearranged else None


MOVES: dict[str, Rule] = {
    "Pad": pad_problem,
    "Split": _split,
    "Gather": _gather,
    "GatherND": _gather_nd,
    "Slice": _slice,
    "Reshape": _reshape,
    "Resize": resize_problem,
    **dict.fromkeys(("Squeeze", "Unsqueeze"), _squeeze),
    "Concat": _concat,
    "DepthToSpace": _depth_to_space,
}

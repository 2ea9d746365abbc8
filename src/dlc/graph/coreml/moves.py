"""Rules for operators that move values: slice, pad, concatenate and reshape."""

from __future__ import annotations

from onnx import TensorProto

from dlc.graph.coreml.node import MOST_AXES, CoremlNode, Problem, Rule
from dlc.graph.coreml.resize import resize_problem
from dlc.graph.names import NEEDLESS_FROM, Rewrite


def _pad(node: CoremlNode) -> Problem:
    mode = node.attribute("mode", "constant")
    modern = node.release >= NEEDLESS_FROM[Rewrite.REFLECT_PAD]
    if mode != "constant" and not (modern and mode == "reflect"):
        return f"{mode} padding is not taken" + ("" if modern else " before ONNX Runtime 1.26")
    if mode == "constant" and not node.has(2) and not modern:
        return "the value to pad with is not given"
    if any(node.has(index) and not node.is_constant(index) for index in (2, 3)):
        return "the value to pad with, or the axes, are not constants"
    amounts, shape = node.value(1), node.shape(0)
    if amounts is None or shape is None:
        return "the amounts to pad are not a constant"
    if amounts.size and amounts.min() < 0:
        return "it cuts off"
    axes = node.value(3) if node.has(3) else None
    named = [int(axis) % len(shape) for axis in axes] if axes is not None else range(len(shape))
    before, after = amounts[: len(named)], amounts[len(named) :]
    for axis, first, last in zip(named, before, after, strict=True):
        size = shape[axis]
        if axis < len(shape) - 2 and (first or last) and not (modern and mode == "constant"):
            return "it pads other axes than the last two"
        if mode == "reflect" and size is not None and max(first, last) >= size:
            return "it mirrors more than there is"
    return None


def _split(node: CoremlNode) -> Problem:
    if node.facts.opset < 13 and node.release < NEEDLESS_FROM[Rewrite.SPLIT]:
        return "its sizes are an attribute, which is taken from ONNX Runtime 1.27 on"
    shape = node.shape(0) or ()
    size = shape[node.attribute("axis", 0)] if shape else None
    if len(node.node.output) < 2:
        return "it has a single output"
    if node.facts.opset < 13:
        given = node.attribute("split", None)
    else:
        given = node.value(1) if node.has(1) else None
        if node.has(1) and given is None:
            return "its sizes are not a constant"
    if given is None:
        if size is not None and node.facts.opset < 18 and size % len(node.node.output):
            return "its parts are not of one size"
        return None
    if size is None:
        return "the size that it divides is open"
    return "its sizes do not add up, or one is 0" if sum(given) != size or 0 in given else None


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
    "Pad": _pad,
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

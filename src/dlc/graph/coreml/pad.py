"""Rules for Pad, of which CoreML takes more from ONNX Runtime 1.26 on."""

from __future__ import annotations

from dlc.graph.coreml.node import CoremlNode, Problem
from dlc.graph.names import NEEDLESS_FROM, Rewrite

_MODES = ("constant",)
_MODERN_MODES = ("constant", "reflect")


def pad_problem(node: CoremlNode) -> Problem:
    """Return why CoreML leaves a Pad to the CPU; None if it takes it."""
    mode = node.attribute("mode", "constant")
    modern = node.release >= NEEDLESS_FROM[Rewrite.REFLECT_PAD]
    return _manner_problem(node, mode, modern=modern) or _amount_problem(node, mode, modern=modern)


def _manner_problem(node: CoremlNode, mode: str, *, modern: bool) -> Problem:
    if mode not in (_MODERN_MODES if modern else _MODES):
        return f"{mode} padding is not taken" + ("" if modern else " before ONNX Runtime 1.26")
    if mode == "constant" and not modern and not node.has(2):
        return "the value to pad with is not given"
    if node.not_constant(2, 3):
        return "the value to pad with, or the axes, are not constants"
    return None


def _amount_problem(node: CoremlNode, mode: str, *, modern: bool) -> Problem:
    amounts, shape = node.value(1), node.shape(0)
    if amounts is None or shape is None:
        return "the amounts to pad are not a constant"
    if amounts.size and amounts.min() < 0:
        return "it cuts off"
    rank = len(shape)
    axes = [axis % rank for axis in node.integers(3)] if node.has(3) else list(range(rank))
    for axis, before, after in zip(axes, amounts[: len(axes)], amounts[len(axes) :], strict=True):
        size = shape[axis]
        if (before or after) and axis < rank - 2 and not (modern and mode == "constant"):
            return "it pads other axes than the last two"
        if mode == "reflect" and size is not None and max(before, after) >= size:
            return "it mirrors more than there is"
    return None

"""Tells, by operator, whether a node keeps the pictures of a batch apart.

A rule applies to a node with inputs that have the batch as their first axis. It says whether its
outputs have it too, with each picture's part depending on that picture alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import onnx

from dlc.graph.passes.edit import Edit
from dlc.graph.passes.nodes import attribute, optional_input

Rule = Callable[[Edit, onnx.NodeProto, set[str]], bool]


def _elementwise(edit: Edit, node: onnx.NodeProto, batched: set[str]) -> bool:
    """Other inputs must not broadcast along the batch axis."""
    shapes = [edit.shapes.get(name) for name in node.input if name]
    known = [shape for shape in shapes if shape is not None]
    if len(known) < len(shapes):
        return False
    rank = max(map(len, known))
    return all(
        len(shape) == rank if name in batched else len(shape) < rank or shape[0] == 1
        for name, shape in zip(filter(None, node.input), known, strict=True)
    )


def _first_only(edit: Edit, node: onnx.NodeProto, batched: set[str]) -> bool:  # noqa: ARG001
    """Allow the batch only in the first input; the others are weights or settings."""
    return node.input[0] in batched and not batched.intersection(node.input[1:])


def _max_pool(edit: Edit, node: onnx.NodeProto, batched: set[str]) -> bool:
    """Its second output would index elements across all pictures."""
    return len(node.output) == 1 and _first_only(edit, node, batched)


def _gemm(edit: Edit, node: onnx.NodeProto, batched: set[str]) -> bool:
    bias = optional_input(node, 2)
    shape = edit.shapes.get(bias) if bias else ()
    same_for_all = shape is not None and (len(shape) < 2 or shape[0] == 1)
    return same_for_all and not attribute(node, "transA", 0) and _first_only(edit, node, batched)


def _matmul(edit: Edit, node: onnx.NodeProto, batched: set[str]) -> bool:
    left, right = (edit.shapes.get(name) for name in node.input)
    if left is None or right is None or len(left) < 2:
        return False
    if node.input[1] in batched:
        return node.input[0] in batched and len(left) == len(right) > 2
    return len(right) <= 2


def _along_axis(default: int) -> Rule:
    def rule(edit: Edit, node: onnx.NodeProto, batched: set[str]) -> bool:
        axes = [attribute(node, "axis", default)]
        return _spare_batch(edit, node, axes) and _first_only(edit, node, batched)

    return rule


def _softmax(edit: Edit, node: onnx.NodeProto, batched: set[str]) -> bool:
    return _along_axis(1 if edit.opset < 13 else -1)(edit, node, batched)


def _concat(edit: Edit, node: onnx.NodeProto, batched: set[str]) -> bool:
    return batched.issuperset(node.input) and _spare_batch(edit, node, [attribute(node, "axis", 0)])


def _along_axes(place: int) -> Rule:
    """Make the rule for an operator whose axes are an attribute, or the input at `place`."""

    def rule(edit: Edit, node: onnx.NodeProto, batched: set[str]) -> bool:
        """Whether the axes are known and spare the batch, which comes in by the first input."""
        name = optional_input(node, place)
        axes = edit.integers(name) if name else attribute(node, "axes", None)
        return (
            axes is not None
            and len(axes) > 0
            and _spare_batch(edit, node, axes)
            and _first_only(edit, node, batched)
        )

    return rule


def _unsqueeze(edit: Edit, node: onnx.NodeProto, batched: set[str]) -> bool:
    name = optional_input(node, 1)
    axes = edit.integers(name) if name else attribute(node, "axes", None)
    shape = edit.shapes.get(node.input[0])
    if not axes or shape is None:
        return False
    rank = len(shape) + len(axes)
    return 0 not in {axis % rank for axis in axes} and _first_only(edit, node, batched)


def _pad(edit: Edit, node: onnx.NodeProto, batched: set[str]) -> bool:
    pads, named_axes = edit.integers(node.input[1]), optional_input(node, 3)
    if pads is None or not _first_only(edit, node, batched):
        return False
    if named_axes:
        axes = edit.integers(named_axes)
        return axes is not None and _spare_batch(edit, node, axes)
    return pads[0] == pads[len(pads) // 2] == 0


def _transpose(edit: Edit, node: onnx.NodeProto, batched: set[str]) -> bool:  # noqa: ARG001
    # Without an order, the axes are reversed.
    return bool(attribute(node, "perm", [1])[0] == 0)


def _flatten(edit: Edit, node: onnx.NodeProto, batched: set[str]) -> bool:  # noqa: ARG001
    return bool(attribute(node, "axis", 1) == 1)


def _reshape(edit: Edit, node: onnx.NodeProto, batched: set[str]) -> bool:
    """Accept a new shape that leaves the batch size open and keeps pictures apart."""
    target = edit.integers(node.input[1])
    shape = edit.shapes.get(node.input[0])
    if not target or shape is None or not _first_only(edit, node, batched):
        return False
    if target[0] == 0:
        return not attribute(node, "allowzero", 0)
    sizes = [size for size in shape[1:] if size is not None]
    whole = len(sizes) == len(shape) - 1 and min(target[1:], default=1) > 0
    return target[0] == -1 and whole and math.prod(target[1:]) == math.prod(sizes)


def _resize(edit: Edit, node: onnx.NodeProto, batched: set[str]) -> bool:
    name = optional_input(node, 2)
    scales = edit.value(name, most=8) if name else None
    if scales is None or not scales.size or attribute(node, "axes", None) is not None:
        return False
    return bool(scales[0] == 1) and _first_only(edit, node, batched)


def _spare_batch(edit: Edit, node: onnx.NodeProto, axes: list[int]) -> bool:
    """Return whether none of the axes is the batch axis of the first input."""
    shape = edit.shapes.get(node.input[0])
    return shape is not None and all(axis % max(len(shape), 1) for axis in axes)


_ELEMENTWISE = (
    *("Abs", "Add", "Cast", "Ceil", "Clip", "Div", "Elu", "Equal", "Erf", "Exp", "Floor", "Gelu"),
    *("Greater", "HardSigmoid", "HardSwish", "Identity", "LeakyRelu", "Less", "Log", "Max", "Min"),
    *("Mul", "Neg", "PRelu", "Pow", "Reciprocal", "Relu", "Selu", "Sigmoid", "Softplus", "Sqrt"),
    *("Sub", "Tanh", "Where"),
)
_PICTURE_BY_PICTURE = (
    *("AveragePool", "BatchNormalization", "Conv", "ConvTranspose", "DepthToSpace"),
    *("GlobalAveragePool", "GlobalMaxPool", "InstanceNormalization", "LRN", "SpaceToDepth"),
)
_REDUCTIONS = ("ReduceL2", "ReduceMax", "ReduceMean", "ReduceMin", "ReduceSum", "ReduceSumSquare")
RULES: Mapping[str, Rule] = {
    **dict.fromkeys(_ELEMENTWISE, _elementwise),
    **dict.fromkeys(_PICTURE_BY_PICTURE, _first_only),
    **dict.fromkeys(_REDUCTIONS, _along_axes(1)),
    "MaxPool": _max_pool,
    "Gemm": _gemm,
    "MatMul": _matmul,
    "Softmax": _softmax,
    "Concat": _concat,
    "Gather": _along_axis(0),
    "Split": _along_axis(0),
    "Slice": _along_axes(3),
    "Squeeze": _along_axes(1),
    "Unsqueeze": _unsqueeze,
    "Pad": _pad,
    "Transpose": _transpose,
    "Flatten": _flatten,
    "Reshape": _reshape,
    "Resize": _resize,
}

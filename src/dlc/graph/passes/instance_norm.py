"""Replaces a written-out normalization with the one operator that it is.

inswapper_128 normalizes each channel of a picture with six or seven nodes (Ulyanov et al. 2016)::

    c = x - mean(x),   y = c / sqrt(mean(c * c) + epsilon)

where both means are over height and width, and the division may be a product with the reciprocal.
"""

from __future__ import annotations

import numpy as np
import onnx

from dlc.graph.names import Rewrite
from dlc.graph.passes.edit import Edit
from dlc.graph.passes.graph_pass import GraphPass
from dlc.graph.passes.nodes import attribute, optional_input

_DTYPES: dict[int, type[np.floating]] = {
    onnx.TensorProto.FLOAT: np.float32,
    onnx.TensorProto.FLOAT16: np.float16,
}
# Height and width, counted from either end.
_AXES = ([2, 3], [-2, -1])


def _plan(edit: Edit) -> int:
    count = 0
    for index, node in edit.nodes("Div", "Mul"):
        norm = _one_node(edit, node)
        if norm is not None:
            edit.replace(index, [norm])
            count += 1
    return count


INSTANCE_NORM = GraphPass(
    Rewrite.INSTANCE_NORM,
    "a GPU does it in one go instead of seven, and sums up in single precision",
    plan=_plan,
)


def _one_node(edit: Edit, node: onnx.NodeProto) -> onnx.NodeProto | None:
    """Return InstanceNormalization for the last node of a written-out one, None for others."""
    for centered, factor in (tuple(node.input), tuple(reversed(node.input))):
        deviation = factor if node.op_type == "Div" else _reciprocal_of(edit, factor)
        x = _center_of(edit, centered)
        epsilon = None if deviation is None else _epsilon_of(edit, deviation, centered)
        if x is not None and epsilon is not None:
            return _normalization(edit, x, epsilon, node.output[0])
        if node.op_type == "Div":
            break
    return None


def _normalization(edit: Edit, x: str, epsilon: float, output: str) -> onnx.NodeProto | None:
    shape, dtype = edit.shapes.get(x), _DTYPES.get(edit.types.get(x, 0))
    if shape is None or len(shape) != 4 or shape[1] is None or dtype is None:
        return None
    scale, bias = (edit.constant(np.full(shape[1], value, dtype)) for value in (1, 0))
    return edit.node("InstanceNormalization", [x, scale, bias], output, epsilon=epsilon)


def _center_of(edit: Edit, centered: str) -> str | None:
    """Return x if a value is x minus its mean."""
    node = _made_by(edit, centered, "Sub")
    if node is None or _averaged(edit, node.input[1]) != node.input[0]:
        return None
    return str(node.input[0])


def _epsilon_of(edit: Edit, deviation: str, centered: str) -> float | None:
    """Return epsilon if a value is the root of the mean square of `centered`, plus epsilon."""
    root = _made_by(edit, deviation, "Sqrt")
    total = _made_by(edit, root.input[0], "Add") if root is not None else None
    if total is None:
        return None
    for variance, added in (tuple(total.input), tuple(reversed(total.input))):
        epsilon = _number(edit, added)
        squares = _averaged(edit, variance)
        if epsilon is not None and squares is not None and _square_of(edit, squares) == centered:
            return epsilon
    return None


def _square_of(edit: Edit, squares: str) -> str | None:
    product = _made_by(edit, squares, "Mul")
    if product is not None and product.input[0] == product.input[1]:
        return str(product.input[0])
    power = _made_by(edit, squares, "Pow")
    if power is not None and _number(edit, power.input[1]) == 2:
        return str(power.input[0])
    return None


def _reciprocal_of(edit: Edit, value: str) -> str | None:
    node = _made_by(edit, value, "Reciprocal")
    if node is not None:
        return str(node.input[0])
    node = _made_by(edit, value, "Div")
    return str(node.input[1]) if node is not None and _number(edit, node.input[0]) == 1 else None


def _averaged(edit: Edit, mean: str) -> str | None:
    """Return what a value is the mean of, over height and width."""
    node = _made_by(edit, mean, "ReduceMean")
    if node is None or not attribute(node, "keepdims", 1):
        return None
    named = optional_input(node, 1)
    axes = edit.integers(named) if named else attribute(node, "axes", None)
    return str(node.input[0]) if axes is not None and sorted(axes) in _AXES else None


def _number(edit: Edit, name: str) -> float | None:
    value = edit.value(name, most=1)
    return None if value is None or value.size != 1 else float(value.reshape(-1)[0])


def _made_by(edit: Edit, name: str, operator: str) -> onnx.NodeProto | None:
    node = edit.producer(name)
    return node if node is not None and node.op_type == operator else None

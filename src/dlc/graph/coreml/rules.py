"""Which nodes ONNX Runtime's CoreML provider takes into an ML program, and why not others.

The rules are those of the operator builders in ONNX Runtime 1.24 to 1.32 for macOS, with
RequireStaticInputShapes off. Operators not listed here are not taken.
"""

from __future__ import annotations

import onnx
from onnx import TensorProto

from dlc.graph.coreml.layers import LAYERS
from dlc.graph.coreml.moves import MOVES
from dlc.graph.coreml.node import FLOATS, MOST_AXES, CoremlNode, Problem

_RULES = MOVES | LAYERS
_FLOATS_AND_INDICES = (*FLOATS, TensorProto.INT64)
_NUMBERS = (*_FLOATS_AND_INDICES, TensorProto.INT32)
_ELEMENTS = {
    **dict.fromkeys(("Gather", "GatherND", "Slice"), _FLOATS_AND_INDICES),
    "Shape": _NUMBERS,
    "Cast": (*_NUMBERS, TensorProto.BOOL),
    **dict.fromkeys(("And", "Where"), (TensorProto.BOOL,)),
}
# The first opset whose form is taken; before it, arguments were attributes.
_FIRST_OPSETS = {"Pad": 11, "Resize": 11, "Slice": 10, "Reshape": 5, "BatchNormalization": 7}
_ALWAYS = frozenset(
    (
        *_RULES.keys() - {"GatherND", "Where"},
        *("Add", "Sub", "Mul", "Div", "Max", "Sqrt", "Reciprocal", "Erf", "Exp", "Round"),
        *("Relu", "LeakyRelu", "Sigmoid", "Tanh", "Elu", "Gelu", "Softplus"),
        *("Shape", "Transpose"),
    )
)
# Operators added to ML programs later, with the release of ONNX Runtime.
_LATER = {
    "HardSigmoid": (1, 26),
    **dict.fromkeys(("Identity", "Tile", "GatherND", "Ceil", "Cos", "Sin"), (1, 27)),
    **dict.fromkeys(("And", "Where"), (1, 28)),
}
# Operators that only move or retype values; ONNX Runtime calls them trivial.
_IDLE = frozenset(
    (
        *("Cast", "Ceil", "Flatten", "Identity", "Reshape", "Squeeze", "Unsqueeze"),
        *("Tile", "Transpose"),
    )
)


def does_work(node: onnx.NodeProto) -> bool:
    """Return whether a node is more than a step between others."""
    return node.op_type not in _IDLE


def why_unsupported(node: CoremlNode) -> Problem:
    """Return why CoreML leaves a node to the CPU; None if it takes it."""
    operator = node.node.op_type
    since = _since(operator) if node.node.domain in ("", "ai.onnx") else None
    if since is None:
        return "ML programs have no such operator"
    if node.release < since:
        return f"ML programs have it from ONNX Runtime {'.'.join(map(str, since))} on"
    opset = _FIRST_OPSETS.get(operator, 0)
    if node.facts.opset < opset:
        return f"it is taken from opset {opset} on"
    problem = _input_problem(node)
    rule = _RULES.get(operator)
    return problem if problem or rule is None else rule(node)


def _since(operator: str) -> tuple[int, int] | None:
    return (0, 0) if operator in _ALWAYS else _LATER.get(operator)


def _input_problem(node: CoremlNode) -> Problem:
    operator = node.node.op_type
    for index, name in enumerate(node.node.input):
        if not name:
            continue
        shape = node.shape(index)
        if shape is None:
            return f"the shape of its input {name} is unknown"
        # Omitted arguments of Resize, such as its region, are often empty constants.
        if 0 in shape and operator != "Resize":
            return f"its input {name} is empty"
        if len(shape) > MOST_AXES:
            return f"its input {name} has {len(shape)} axes, more than {MOST_AXES}"
    allowed = _ELEMENTS.get(operator, FLOATS)
    if node.node.input and node.element(0) not in allowed:
        names = TensorProto.DataType.Name(node.element(0)).lower()
        return f"it computes with {names}"
    return None

"""Which nodes ONNX Runtime's CoreML provider takes into an ML program, and why not the others.

The rules are those of the operators' builders in ONNX Runtime 1.24 to 1.32 for macOS, with
RequireStaticInputShapes off. Where nothing is said of an operator here, it is not taken.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from onnx import TensorProto

from dlc.graph.coreml_node import CoremlNode
from dlc.graph.coreml_resize import resize_problem
from dlc.graph.names import NEEDLESS_FROM, Rewrite

Problem = str | None
Rule = Callable[[CoremlNode], Problem]

_MOST_AXES = 5
_FLOATS = (TensorProto.FLOAT, TensorProto.FLOAT16)
_FLOATS_AND_INDICES = (*_FLOATS, TensorProto.INT64)
_NUMBERS = (*_FLOATS_AND_INDICES, TensorProto.INT32)
_ELEMENTS = {
    **dict.fromkeys(("Gather", "GatherND", "Slice"), _FLOATS_AND_INDICES),
    "Shape": _NUMBERS,
    "Cast": (*_NUMBERS, TensorProto.BOOL),
    **dict.fromkeys(("And", "Where"), (TensorProto.BOOL,)),
}
# The first opset of the form that is taken; before it, arguments were attributes.
_FIRST_OPSETS = {"Pad": 11, "Resize": 11, "Slice": 10, "Reshape": 5, "BatchNormalization": 7}


def why_unsupported(node: CoremlNode) -> Problem:
    """Return why CoreML leaves a node to the CPU; None if it takes it."""
    operator = node.node.op_type
    since = _since(operator) if node.node.domain in ("", "ai.onnx") else None
    if since is None:
        return "there is no such operator in ML programs"
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
        # What a Resize is not told, such as its region, is often an empty constant.
        if 0 in shape and operator != "Resize":
            return f"its input {name} is empty"
        if len(shape) > _MOST_AXES:
            return f"its input {name} has {len(shape)} axes, more than {_MOST_AXES}"
    allowed = _ELEMENTS.get(operator, _FLOATS)
    if node.node.input and node.element(0) not in allowed:
        names = TensorProto.DataType.Name(node.element(0)).lower()
        return f"it computes with {names}"
    return None


def _pad(node: CoremlNode) -> Problem:
    mode = node.attribute("mode", "constant")
    modern = node.release >= NEEDLESS_FROM[Rewrite.REFLECT_PAD]
    if mode != "constant" and not (modern and mode == "reflect"):
        return f"{mode} padding is not taken" + ("" if modern else " before ONNX Runtime 1.26")
    if mode == "constant" and not node.has(2) and not modern:
        return "the value to pad with is not given"
    if any(node.has(index) and not node.is_constant(index) for index in (2, 3)):
        return "the value to pad with, or the axes, are no constants"
    amounts, shape = node.value(1), node.shape(0)
    if amounts is None or shape is None:
        return "the amounts to pad are no constant"
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
            return "its sizes are no constant"
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
        return "its indices are no integers"
    if not which:
        if node.release < NEEDLESS_FROM[Rewrite.SCALAR_GATHER]:
            return "its index is a scalar, which is taken from ONNX Runtime 1.27 on"
        if None in data:
            return "its index is a scalar, and the size of its data open"
        if len(data) > 4:
            return "its index is a scalar, and its data has more than 4 axes"
    if len(data) + len(which) - 1 > _MOST_AXES:
        return f"its output has more than {_MOST_AXES} axes"
    return None


def _gather_nd(node: CoremlNode) -> Problem:
    if node.attribute("batch_dims", 0):
        return "it has batch dimensions"
    return None if node.is_constant(1) else "its indices are no constant"


def _slice(node: CoremlNode) -> Problem:
    shape = node.shape(0) or ()
    given = [index for index in range(1, 5) if node.has(index)]
    if not all(node.is_constant(index) for index in given):
        return "its bounds are no constants"
    if None in shape:
        return "the size of its input is open"
    values = {index: [int(n) for n in _flat(node, index)] for index in given}
    starts, ends = values[1], values[2]
    axes = values.get(3, list(range(len(starts))))
    steps = values.get(4, [1] * len(starts))
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        size = shape[axis]
        if size is not None and not len(range(*slice(start, _end(end, size), step).indices(size))):
            return "nothing is left of its input"
    return None


def _end(end: int, size: int) -> int | None:
    """Return ONNX's end for Python: below the first element is no number there."""
    return None if end < -size else end


def _flat(node: CoremlNode, index: int) -> list[int]:
    value = node.value(index)
    return [] if value is None else value.reshape(-1).tolist()


def _reshape(node: CoremlNode) -> Problem:
    target = node.value(1)
    if target is None:
        return "the new shape is no constant"
    if not target.size or not node.shape(0):
        return "it has no axes before or after"
    if None in (node.shape(0) or ()):
        return "the size of its input is open"
    if target.size > _MOST_AXES:
        return f"the new shape has {target.size} axes, more than {_MOST_AXES}"
    if node.attribute("allowzero", 0) and 0 in target:
        return "the new shape has a size of 0"
    return None


def _batch_norm(node: CoremlNode) -> Problem:
    shape = node.shape(0) or ()
    if len(node.node.output) != 1 or node.attribute("training_mode", 0):
        return "it is still in training"
    if len(shape) != 4:
        return f"its input has {len(shape)} axes, not 4"
    return _constants(node, 1, 2, 3, 4)


def _prelu(node: CoremlNode) -> Problem:
    shape = node.shape(0) or ()
    slope = node.shape(1) or ()
    if len(shape) not in (3, 4) or shape[-3] is None:
        return "its input has not 3 or 4 axes, or an unknown number of channels"
    if not node.is_constant(1):
        return "its slope is no constant"
    single = math.prod(size or 0 for size in slope) == 1
    if not single and (len(slope) != 3 or slope[1:] != (1, 1)):
        return "its slope is neither one number nor one a channel"
    return "it has a single channel and slope" if single and shape[-3] == 1 else None


def _conv(node: CoremlNode) -> Problem:
    kernel = node.shape(1) or ()
    if len(kernel) not in (3, 4):
        return f"it is {len(kernel) - 2}-dimensional"
    return _constants(node, 2)


def _conv_transpose(node: CoremlNode) -> Problem:
    if node.attribute("auto_pad", "NOTSET") in ("SAME_LOWER", "SAME_UPPER"):
        return "it pads by itself"
    if len(set(node.attribute("pads", [0]))) > 1:
        return "its pads differ"
    if node.attribute("output_shape", None) or any(node.attribute("output_padding", [])):
        return "it sets the size of its output"
    kernel = node.shape(1) or ()
    if tuple(node.attribute("kernel_shape", kernel[2:])) != kernel[2:]:
        return "its kernel has another shape than it says"
    return _constants(node, 1, 2)


def _pool(node: CoremlNode) -> Problem:
    if len(node.shape(0) or ()) != 4:
        return "its input has not 4 axes"
    if node.node.op_type.startswith("Global"):
        return None
    if len(node.attribute("kernel_shape", [1, 1])) != 2 or node.attribute("storage_order", 0):
        return "it is not two-dimensional, or in column order"
    if any(step != 1 for step in node.attribute("dilations", [1])):
        return "it is dilated"
    return "it also gives indices" if len(node.node.output) > 1 else None


def _gemm(node: CoremlNode) -> Problem:
    if node.node.op_type == "MatMul":
        sizes = [len(node.shape(index) or ()) for index in (0, 1)]
        return "one of its inputs has a single axis" if 1 in sizes else None
    if node.attribute("transA", 0) or node.attribute("alpha", 1.0) != 1.0:
        return "it transposes or scales its first input"
    if node.attribute("beta", 1.0) != 1.0:
        return "it scales its bias"
    problem = _constants(node, 1, 2)
    if problem is not None or not node.has(2):
        return problem
    bias, matrix = node.shape(2) or (), node.shape(1) or ()
    columns = matrix[0 if node.attribute("transB", 0) else 1]
    fits = bias in ((), (1,), (columns,), (1, columns))
    return None if fits else "its bias is no row of its output"


def _squeeze(node: CoremlNode) -> Problem:
    if node.has(1) and not node.is_constant(1):
        return "its axes are no constant"
    if node.node.op_type == "Squeeze":
        return None
    axes = _flat(node, 1) if node.has(1) else node.attribute("axes", [])
    many = len(node.shape(0) or ()) + len(axes) > _MOST_AXES
    return f"its output has more than {_MOST_AXES} axes" if many else None


def _reduce(node: CoremlNode) -> Problem:
    return _constants(node, 1)


def _clip(node: CoremlNode) -> Problem:
    return _constants(node, 1, 2)


def _concat(node: CoremlNode) -> Problem:
    return "it has a single input" if len(node.node.input) < 2 else None


def _cast(node: CoremlNode) -> Problem:
    return None if node.is_made(0) else "it casts an input of the graph"


def _normalization(node: CoremlNode) -> Problem:
    return _constants(node, 1, 2)


def _softmax(node: CoremlNode) -> Problem:
    return "its shape is open" if node.facts.opset < 13 and None in (node.shape(0) or ()) else None


def _argmax(node: CoremlNode) -> Problem:
    return "it wants the last of several" if node.attribute("select_last_index", 0) else None


def _depth_to_space(node: CoremlNode) -> Problem:
    rearranged = node.attribute("mode", "DCR") == "CRD" and None in (node.shape(0) or ())
    return "the size of its input is open" if rearranged else None


def _grid_sample(node: CoremlNode) -> Problem:
    if len(node.shape(0) or ()) != 4:
        return "its input has not 4 axes"
    mode, padding = node.attribute("mode", "linear"), node.attribute("padding_mode", "zeros")
    if mode not in ("linear", "bilinear", "nearest"):
        return f"{mode} sampling is not taken"
    mirrored = mode != "nearest" and padding == "reflection"
    aligned = node.attribute("align_corners", 0)
    return "it mirrors without aligned corners" if mirrored and not aligned else None


def _both_single(node: CoremlNode) -> Problem:
    """Pow takes single precision only."""
    single = node.element(0) == node.element(1) == TensorProto.FLOAT
    return None if single else "its inputs are not both in single precision"


def _where(node: CoremlNode) -> Problem:
    both = node.element(1) in _FLOATS and node.element(2) in _FLOATS
    return None if both else "its values are no floating point numbers"


def _constants(node: CoremlNode, *indices: int) -> Problem:
    """Return which of the inputs that have to be constants, where they are given, is none."""
    for index in indices:
        if node.has(index) and not node.is_constant(index):
            return f"its input {node.node.input[index]} is no constant"
    return None


_RULES: dict[str, Rule] = {
    "Pad": _pad,
    "Split": _split,
    "Gather": _gather,
    "GatherND": _gather_nd,
    "Slice": _slice,
    "Reshape": _reshape,
    "Resize": resize_problem,
    "BatchNormalization": _batch_norm,
    "PRelu": _prelu,
    "Conv": _conv,
    "ConvTranspose": _conv_transpose,
    **dict.fromkeys(("AveragePool", "MaxPool", "GlobalAveragePool", "GlobalMaxPool"), _pool),
    **dict.fromkeys(("Gemm", "MatMul"), _gemm),
    **dict.fromkeys(("Squeeze", "Unsqueeze"), _squeeze),
    **dict.fromkeys(("ReduceSum", "ReduceMean", "ReduceMax"), _reduce),
    "Clip": _clip,
    "Concat": _concat,
    "Cast": _cast,
    **dict.fromkeys(
        ("LayerNormalization", "GroupNormalization", "InstanceNormalization"), _normalization
    ),
    "Softmax": _softmax,
    "ArgMax": _argmax,
    "DepthToSpace": _depth_to_space,
    "GridSample": _grid_sample,
    "Pow": _both_single,
    "Where": _where,
}
_ALWAYS = frozenset(
    (
        *_RULES.keys() - {"GatherND", "Where"},
        *("Add", "Sub", "Mul", "Div", "Max", "Sqrt", "Reciprocal", "Erf", "Exp", "Round"),
        *("Relu", "LeakyRelu", "Sigmoid", "Tanh", "Elu", "Gelu", "Softplus"),
        *("Shape", "Transpose"),
    )
)
# Operators that ML programs got later, with the release of ONNX Runtime.
_LATER = {
    "HardSigmoid": (1, 26),
    **dict.fromkeys(("Identity", "Tile", "GatherND", "Ceil", "Cos", "Sin"), (1, 27)),
    **dict.fromkeys(("And", "Where"), (1, 28)),
}

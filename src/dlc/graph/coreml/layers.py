"""Rules for operators that compute."""

from __future__ import annotations

import math

from onnx import TensorProto

from dlc.graph.coreml.node import FLOATS, CoremlNode, Problem, Rule


def _batch_norm(node: CoremlNode) -> Problem:
    shape = node.shape(0) or ()
    if len(node.node.output) != 1 or node.attribute("training_mode", 0):
        return "it is still in training"
    if len(shape) != 4:
        return f"its input has {len(shape)} axes, not 4"
    return node.not_constant(1, 2, 3, 4)


def _normalization(node: CoremlNode) -> Problem:
    return node.not_constant(1, 2)


def _prelu(node: CoremlNode) -> Problem:
    shape = node.shape(0) or ()
    slope = node.shape(1) or ()
    if len(shape) not in (3, 4) or shape[-3] is None:
        return "its input has not 3 or 4 axes, or an unknown number of channels"
    if not node.is_constant(1):
        return "its slope is not a constant"
    single = math.prod(size or 0 for size in slope) == 1
    if not single and (len(slope) != 3 or slope[1:] != (1, 1)):
        return "its slope is neither one number nor one a channel"
    return "it has a single channel and slope" if single and shape[-3] == 1 else None


def _conv(node: CoremlNode) -> Problem:
    kernel = node.shape(1) or ()
    if len(kernel) not in (3, 4):
        return f"it is {len(kernel) - 2}-dimensional"
    return node.not_constant(2)


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
    return node.not_constant(1, 2)


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


def _matmul(node: CoremlNode) -> Problem:
    ranks = [len(node.shape(index) or ()) for index in (0, 1)]
    return "one of its inputs has a single axis" if 1 in ranks else None


def _gemm(node: CoremlNode) -> Problem:
    if node.attribute("transA", 0) or node.attribute("alpha", 1.0) != 1.0:
        return "it transposes or scales its first input"
    if node.attribute("beta", 1.0) != 1.0:
        return "it scales its bias"
    problem = node.not_constant(1, 2)
    if problem is not None or not node.has(2):
        return problem
    bias, matrix = node.shape(2) or (), node.shape(1) or ()
    columns = matrix[0 if node.attribute("transB", 0) else 1]
    fits = bias in ((), (1,), (columns,), (1, columns))
    return None if fits else "its bias is not a row of its output"


def _reduce(node: CoremlNode) -> Problem:
    return node.not_constant(1)


def _clip(node: CoremlNode) -> Problem:
    return node.not_constant(1, 2)


def _cast(node: CoremlNode) -> Problem:
    return None if node.is_made(0) else "it casts an input of the graph"


def _softmax(node: CoremlNode) -> Problem:
    return "its shape is open" if node.facts.opset < 13 and None in (node.shape(0) or ()) else None


def _argmax(node: CoremlNode) -> Problem:
    return "it wants the last of several" if node.attribute("select_last_index", 0) else None


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
    """Pow takes only single precision."""
    single = node.element(0) == node.element(1) == TensorProto.FLOAT
    return None if single else "its inputs are not both in single precision"


def _where(node: CoremlNode) -> Problem:
    both = node.element(1) in FLOATS and node.element(2) in FLOATS
    return None if both else "its values are not floating point numbers"


LAYERS: dict[str, Rule] = {
    "BatchNormalization": _batch_norm,
    **dict.fromkeys(
        ("LayerNormalization", "GroupNormalization", "InstanceNormalization"), _normalization
    ),
    "PRelu": _prelu,
    "Conv": _conv,
    "ConvTranspose": _conv_transpose,
    **dict.fromkeys(("AveragePool", "MaxPool", "GlobalAveragePool", "GlobalMaxPool"), _pool),
    "MatMul": _matmul,
    "Gemm": _gemm,
    **dict.fromkeys(("ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd"), _reduce),
    "Clip": _clip,
    "Cast": _cast,
    "Softmax": _softmax,
    "ArgMax": _argmax,
    "GridSample": _grid_sample,
    "Pow": _both_single,
    "Where": _where,
}

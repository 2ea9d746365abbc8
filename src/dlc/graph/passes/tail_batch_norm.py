"""Folds the normalization after a matrix product into the matrix and bias.

BatchNormalization of a rank-2 value scales and shifts its columns; ArcFace ends with one::

    ((alpha A B + beta C) - mean) * s + shift  =  alpha A (B s) + (beta C - mean) * s + shift
    with s = scale / sqrt(variance + epsilon)
"""

from __future__ import annotations

import numpy as np
import onnx

from dlc.arrays import Array
from dlc.graph.names import Rewrite
from dlc.graph.passes.edit import Edit
from dlc.graph.passes.graph_pass import GraphPass
from dlc.graph.passes.nodes import attribute, optional_input


def _plan(edit: Edit) -> int:
    gemms = {node.output[0]: (index, node) for index, node in edit.nodes("Gemm")}
    count = 0
    for index, norm in edit.nodes("BatchNormalization"):
        if norm.input[0] not in gemms or edit.uses(norm.input[0]) != 1:
            continue
        place, gemm = gemms[norm.input[0]]
        folded = _folded(edit, gemm, norm)
        if folded is not None:
            edit.replace(place, [folded])
            edit.replace(index, [])
            count += 1
    return count


TAIL_BATCH_NORM = GraphPass(
    Rewrite.TAIL_BATCH_NORM,
    "CoreML normalizes values of four axes only, and ArcFace's last normalization has two",
    exact=False,
    plan=_plan,
)


def _folded(edit: Edit, gemm: onnx.NodeProto, norm: onnx.NodeProto) -> onnx.NodeProto | None:
    """Return a Gemm that does both; None if weights are not constant, or in training mode."""
    if attribute(norm, "training_mode", 0) or any(norm.output[1:]):
        return None
    weights = _weights(edit, gemm, norm)
    if weights is None:
        return None
    matrix, bias, scale, shift, mean, variance = weights
    scale = scale / np.sqrt(variance + attribute(norm, "epsilon", 1e-5))
    by_row = attribute(gemm, "transB", 0)
    matrix = matrix * (scale[:, None] if by_row else scale)
    bias = (attribute(gemm, "beta", 1.0) * bias - mean) * scale + shift
    kept = {name: attribute(gemm, name, 0) for name in ("transA", "transB")}
    kept["alpha"] = attribute(gemm, "alpha", 1.0)
    constants = [edit.constant(array.astype(np.float32)) for array in (matrix, bias)]
    return edit.node("Gemm", [gemm.input[0], *constants], norm.output[0], **kept)


def _weights(edit: Edit, gemm: onnx.NodeProto, norm: onnx.NodeProto) -> list[Array] | None:
    """Return matrix, bias, scale, shift, mean and variance as float64, converted from float32.

    None if one of them is not constant, or has another type.
    """
    weights: list[Array] = []
    for name in (gemm.input[1], optional_input(gemm, 2), *norm.input[1:]):
        value = edit.value(name) if name else np.zeros(1, np.float32)
        if value is None or value.dtype != np.float32:
            return None
        weights.append(value.astype(np.float64))
    return weights

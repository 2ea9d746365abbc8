"""Replaces Reciprocal with a division."""

from __future__ import annotations

import numpy as np
import onnx
from onnx import TensorProto, helper

from dlc.graph.names import Rewrite
from dlc.graph.passes.edit import Edit
from dlc.graph.passes.graph_pass import GraphPass

_FLOATS = (TensorProto.FLOAT, TensorProto.FLOAT16)


def _plan(edit: Edit) -> int:
    count = 0
    for index, node in edit.nodes("Reciprocal"):
        element = edit.types.get(node.input[0])
        if element in _FLOATS:
            edit.replace(index, [_division(edit, node, element)])
            count += 1
    return count


RECIPROCAL = GraphPass(
    Rewrite.RECIPROCAL,
    "CoreML adds 0.0001 to what Reciprocal divides by, which is much where a deviation is small",
    # On ARM, ONNX Runtime refines an estimate, whose last bit may be another one.
    exact=False,
    plan=_plan,
)


def _division(edit: Edit, node: onnx.NodeProto, element: int) -> onnx.NodeProto:
    one = np.ones((), helper.tensor_dtype_to_np_dtype(element))
    return edit.node("Div", [edit.constant(one), node.input[0]], node.output[0])

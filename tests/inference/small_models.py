"""Writes models of one node."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import onnx
from onnx import TensorProto, helper

Shape = Sequence[int | str | None]


def write_model(
    path: Path,
    node: onnx.NodeProto,
    shape: Shape,
    *,
    element: int = TensorProto.FLOAT,
    weights: Sequence[onnx.TensorProto] = (),
) -> Path:
    """Write a model of one node that takes `image` of a shape and gives `output`; return `path`."""
    image = helper.make_tensor_value_info("image", element, shape)
    output = helper.make_tensor_value_info("output", element, None)
    graph = helper.make_graph([node], "one node", [image], [output], weights)
    opset = helper.make_opsetid("", 13)
    # The IR version of the installed onnx may be one that ONNX Runtime does not know yet.
    onnx.save(helper.make_model(graph, opset_imports=[opset], ir_version=8), path)
    return path

"""Makes a swapper take and return 8-bit pixels, with the conversion part of its graph."""

from __future__ import annotations

import numpy as np
import onnx
from onnx import TensorProto, helper

from dlc.graph.names import FINITE_OUTPUT, Rewrite
from dlc.graph.passes.edit import Edit
from dlc.graph.passes.graph_pass import GraphPass
from dlc.graph.passes.shapes import Dims, declared_dims

_CHANNELS = 3


def _plan(edit: Edit) -> int:
    pictures = [value for value in edit.inputs if _is_picture(value)]
    outputs = edit.model.graph.output
    if len(edit.inputs) != 2 or len(pictures) != 1 or len(outputs) != 1:
        return 0
    (picture,), (output,) = pictures, outputs
    if not _is_picture(output) or not edit.model.graph.node or edit.uses(output.name) > 1:
        return 0
    planes, made = edit.fresh(f"{picture.name}.planes"), edit.fresh(f"{output.name}.planes")
    added = {0: _before(edit, picture.name, planes)}
    last = len(edit.model.graph.node) - 1
    for index, node in enumerate(edit.model.graph.node):
        first = added.get(index, [])
        after = _after(edit, made, output.name) if index == last else []
        names = {picture.name: planes, output.name: made}
        if first or after or names.keys() & {*node.input, *node.output}:
            edit.replace(index, [*first, _renamed(node, names), *after])
    for value in (picture, output):
        edit.declare(value.name, _last_channels(declared_dims(value)))
        edit.retype(value.name, TensorProto.UINT8)
    batch = declared_dims(output)[:1]
    edit.add_output(helper.make_tensor_value_info(FINITE_OUTPUT, TensorProto.FLOAT, batch))
    return 1


PIXELS = GraphPass(
    Rewrite.PIXELS,
    "a quarter of the bytes travels to the GPU and back, and the CPU need not convert them",
    exact=True,
    plan=_plan,
)


def _before(edit: Edit, picture: str, planes: str) -> list[onnx.NodeProto]:
    """Convert BGR pixels to planes of RGB from 0 to 1, like `dlc.faces.crop.to_tensor`."""
    scale = edit.constant(np.array(1 / 255, np.float32))
    rgb, chw, single = (edit.fresh(f"{picture}.{name}") for name in ("rgb", "chw", "float"))
    return [
        edit.node("Gather", [picture, edit.constant([2, 1, 0])], rgb, axis=3),
        edit.node("Transpose", [rgb], chw, perm=[0, 3, 1, 2]),
        edit.node("Cast", [chw], single, to=TensorProto.FLOAT),
        edit.node("Mul", [single, scale], planes),
    ]


def _after(edit: Edit, planes: str, output: str) -> list[onnx.NodeProto]:
    """Convert to BGR pixels, rounded down, with a mean that shows whether all values are finite."""
    low, high = (edit.constant(np.array(value, np.float32)) for value in (0, 255))
    scaled, clipped, chw, hwc = (
        edit.fresh(f"{output}.{name}") for name in ("scaled", "clipped", "chw", "hwc")
    )
    # Since opset 18, the axes are an input.
    axes = [1, 2, 3]
    named = edit.opset >= 18
    mean_of = [planes, edit.constant(axes)] if named else [planes]
    attributes = {"keepdims": 0} if named else {"keepdims": 0, "axes": axes}
    return [
        edit.node("ReduceMean", mean_of, FINITE_OUTPUT, **attributes),
        edit.node("Mul", [planes, high], scaled),
        edit.node("Clip", [scaled, low, high], clipped),
        edit.node("Cast", [clipped], chw, to=TensorProto.UINT8),
        edit.node("Transpose", [chw], hwc, perm=[0, 2, 3, 1]),
        edit.node("Gather", [hwc, edit.constant([2, 1, 0])], output, axis=3),
    ]


def _is_picture(value: onnx.ValueInfoProto) -> bool:
    dims = declared_dims(value)
    single = value.type.tensor_type.elem_type == TensorProto.FLOAT
    sides_known = len(dims) == 4 and all(isinstance(size, int) for size in dims[2:])
    return single and sides_known and dims[1] == _CHANNELS


def _last_channels(dims: Dims) -> Dims:
    batch, channels, height, width = dims
    return [batch, height, width, channels]


def _renamed(node: onnx.NodeProto, names: dict[str, str]) -> onnx.NodeProto:
    renamed = onnx.NodeProto()
    renamed.CopyFrom(node)
    renamed.input[:] = [names.get(name, name) for name in node.input]
    renamed.output[:] = [names.get(name, name) for name in node.output]
    return renamed

"""Infers the shapes of a graph's values from its inputs."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from types import MappingProxyType

import onnx
from onnx import shape_inference

logger = logging.getLogger(__name__)

Shape = tuple[int | None, ...]
"""Sizes by axis; None where the size is open."""

Dims = list[int | str | None]
"""Sizes by axis as a file declares them; an open size may have a name."""

# Shapes depend on the values of small tensors, such as pads, but only on the shapes of others.
SMALL = 1024


def inferred_shapes(
    model: onnx.ModelProto, given: Mapping[str, Dims] = MappingProxyType({})
) -> dict[str, Shape]:
    """Return the shape of every value in the main graph with a known number of axes.

    What the file declares for intermediate values and outputs is ignored: det_10g, for example,
    takes pictures of any size but declares the shapes that its outputs have at 640.

    Args:
        model: with its weights, which are not copied.
        given: shapes of inputs that override those declared in the model.
    """
    graph = _inferred(model, given)
    shapes: dict[str, Shape] = {t.name: tuple(t.dims) for t in graph.initializer}
    for value in (*graph.value_info, *graph.output, *graph.input):
        if _has_shape(value):
            dims = declared_dims(value)
            shapes[value.name] = tuple(size if isinstance(size, int) else None for size in dims)
    return shapes


def inferred_types(model: onnx.ModelProto) -> dict[str, int]:
    """Return the ONNX element type of every value in the main graph."""
    graph = _inferred(model, {})
    types: dict[str, int] = {t.name: t.data_type for t in graph.initializer}
    for value in (*graph.value_info, *graph.output, *graph.input):
        if value.type.HasField("tensor_type"):
            types[value.name] = value.type.tensor_type.elem_type
    return types


def declared_dims(value: onnx.ValueInfoProto) -> Dims:
    """Return the shape that a graph declares for a value; without axes if it declares none."""
    if not _has_shape(value):
        return []
    return [
        dim.dim_value if dim.HasField("dim_value") else dim.dim_param or None
        for dim in value.type.tensor_type.shape.dim
    ]


def set_dims(value: onnx.ValueInfoProto, dims: Dims) -> None:
    """Declare the shape of a value, which is a tensor."""
    shape = value.type.tensor_type.shape
    shape.Clear()
    # A shape without axes is one too.
    shape.SetInParent()
    for size in dims:
        dim = shape.dim.add()
        if isinstance(size, int):
            dim.dim_value = size
        elif size is not None:
            dim.dim_param = size


def overridable(model: onnx.ModelProto) -> frozenset[str]:
    """Return the inputs for which an initializer is only a default, possible since IR version 4."""
    if model.ir_version < 4:
        return frozenset()
    return frozenset(value.name for value in model.graph.input)


def _inferred(model: onnx.ModelProto, given: Mapping[str, Dims]) -> onnx.GraphProto:
    skeleton = _skeleton(model)
    for value in skeleton.graph.input:
        if value.name in given:
            set_dims(value, given[value.name])
    try:
        skeleton = shape_inference.infer_shapes(skeleton)
    except shape_inference.InferenceError as error:
        logger.warning("the shapes inside the graph are unknown: %s", error)
    return skeleton.graph


def _has_shape(value: onnx.ValueInfoProto) -> bool:
    kind = value.type
    return bool(kind.HasField("tensor_type") and kind.tensor_type.HasField("shape"))


def _skeleton(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return the model without large weights and without declarations of inner values."""
    skeleton = onnx.ModelProto(
        ir_version=model.ir_version, opset_import=model.opset_import, functions=model.functions
    )
    graph = skeleton.graph
    graph.name = model.graph.name
    graph.node.extend(model.graph.node)
    graph.input.extend(model.graph.input)
    graph.output.extend(model.graph.output)
    for output in graph.output:
        if output.type.HasField("tensor_type"):
            output.type.tensor_type.ClearField("shape")
    defaults = overridable(model)
    for tensor in model.graph.initializer:
        if tensor.name in defaults:
            continue
        if math.prod(tensor.dims) <= SMALL:
            graph.initializer.append(tensor)
        else:
            graph.initializer.add(name=tensor.name, dims=tensor.dims, data_type=tensor.data_type)
    return skeleton

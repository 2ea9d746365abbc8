"""Fixes the size of the input."""

from __future__ import annotations

from functools import partial

import onnx

from dlc.errors import ModelError
from dlc.graph.names import Rewrite
from dlc.graph.passes.edit import Edit
from dlc.graph.passes.graph_pass import GraphPass
from dlc.graph.passes.shapes import Dims, Shape, declared_dims, inferred_shapes


def input_size(shape: tuple[int, ...]) -> GraphPass:
    """Return the pass that fixes the shape of a model's first input.

    Sizes that the model itself fixes stay as they are. Other inputs that name one of the sizes get
    it too.

    Args:
        shape: for example (1, 3, 640, 640).

    Raises:
        ModelError: only when applied: the input has another number of axes.
        ValueError: a size is not positive.
    """
    if min(shape, default=1) < 1:
        raise ValueError(f"{shape} is not the shape of an input")
    return GraphPass(
        Rewrite.INPUT_SIZE,
        "CoreML takes no node whose shapes it does not know",
        exact=True,
        plan=partial(_plan, shape),
    )


def _plan(shape: tuple[int, ...], edit: Edit) -> int:
    if not edit.inputs:
        return 0
    first, *others = edit.inputs
    dims = declared_dims(first)
    if len(dims) != len(shape):
        raise ModelError(
            f"The model's input {first.name} has {len(dims)} dimensions where {len(shape)} were "
            "expected: it is a model for something else."
        )
    if _all_known(dims):
        return 0
    fixed: Dims = [
        old if isinstance(old, int) else new for old, new in zip(dims, shape, strict=True)
    ]
    sizes = _sizes_by_name(dims, fixed)
    declared: dict[str, Dims] = {first.name: fixed}
    for value in others:
        declared[value.name] = [_named(size, sizes) for size in declared_dims(value)]
    inferred = inferred_shapes(edit.model, declared)
    for value in edit.model.graph.output:
        declared[value.name] = _output_dims(value, sizes, inferred.get(value.name))
    for value in (first, *others, *edit.model.graph.output):
        if declared[value.name] != declared_dims(value):
            edit.declare(value.name, declared[value.name])
    # Files name inner sizes arbitrarily: SCRFD's "?" may be a height, a width or half of one.
    inside = edit.model.graph.value_info
    edit.forget(value.name for value in inside if not _all_known(declared_dims(value)))
    return 1


def _sizes_by_name(dims: Dims, fixed: Dims) -> dict[str, int | None]:
    """Return the size of every name, None for a name with two sizes."""
    sizes: dict[str, int | None] = {}
    for name, size in zip(dims, fixed, strict=True):
        if isinstance(name, str) and isinstance(size, int):
            sizes[name] = size if sizes.get(name, size) == size else None
    return sizes


def _named(size: int | str | None, sizes: dict[str, int | None]) -> int | str | None:
    known = sizes.get(size) if isinstance(size, str) else None
    return size if known is None else known


def _output_dims(
    output: onnx.ValueInfoProto, sizes: dict[str, int | None], inferred: Shape | None
) -> Dims:
    """Return an output's sizes as inferred, else as declared, without names now wrong."""
    dims = [
        None if isinstance(size, str) and size in sizes else size for size in declared_dims(output)
    ]
    if inferred is None:
        return dims
    if len(inferred) != len(dims):
        return list(inferred)
    return [old if new is None else new for old, new in zip(dims, inferred, strict=True)]


def _all_known(dims: Dims) -> bool:
    return all(isinstance(size, int) for size in dims)

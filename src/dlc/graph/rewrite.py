"""The rewrites in order, and their application to a model."""

from __future__ import annotations

from collections.abc import Iterable

import onnx

from dlc.graph.names import REWRITES_METADATA, Rewrite
from dlc.graph.passes.flatten import FLATTEN
from dlc.graph.passes.graph_pass import GraphPass
from dlc.graph.passes.half_precision import HALF_PRECISION
from dlc.graph.passes.input_size import input_size
from dlc.graph.passes.instance_norm import INSTANCE_NORM
from dlc.graph.passes.open_batch import OPEN_BATCH
from dlc.graph.passes.pixels import PIXELS
from dlc.graph.passes.reciprocal import RECIPROCAL
from dlc.graph.passes.reflect_pad import REFLECT_PAD
from dlc.graph.passes.scalar_gather import SCALAR_GATHER
from dlc.graph.passes.shape_constants import SHAPES
from dlc.graph.passes.split import SPLIT
from dlc.graph.passes.tail_batch_norm import TAIL_BATCH_NORM
from dlc.graph.passes.weight_constants import WEIGHTS
from dlc.graph.passes.winograd import WINOGRAD

# Passes that help everything that runs a graph. They come first: a value that an input could
# replace gives no shape and is not a constant to fold.
GENERAL_PASSES = (WEIGHTS,)

# Shapes come first, as others need them. The input's size, if fixed, is fixed before.
DEFAULT_PASSES = (
    *(SHAPES, REFLECT_PAD, SPLIT, SCALAR_GATHER),
    *(FLATTEN, RECIPROCAL, TAIL_BATCH_NORM),
)

# Passes that help a CPU, if a route asks for them.
CPU_PASSES = (WINOGRAD,)

# Passes that help an NVIDIA GPU, if a route asks for them. Pixels come last, as their arithmetic
# must stay in single precision.
CUDA_PASSES = (OPEN_BATCH, INSTANCE_NORM, HALF_PRECISION, PIXELS)


def passes_for(
    release: tuple[int, int], *, input_shape: tuple[int, ...] | None = None
) -> tuple[GraphPass, ...]:
    """Return the passes that a release of ONNX Runtime needs, in order.

    Args:
        release: major and minor version of ONNX Runtime, such as (1, 26); (0, 0) needs all of them.
        input_shape: fix the first input to this shape; None leaves its size open.
    """
    sizes = () if input_shape is None else (input_size(input_shape),)
    return tuple(
        graph_pass
        for graph_pass in (*GENERAL_PASSES, *sizes, *DEFAULT_PASSES)
        if graph_pass.needless_from is None or release < graph_pass.needless_from
    )


def apply_passes(
    model: onnx.ModelProto, passes: Iterable[GraphPass]
) -> tuple[onnx.ModelProto, dict[Rewrite, int]]:
    """Apply passes to a model, repeatedly until none of them finds anything to do.

    A rewritten model records in its metadata, under `REWRITES_METADATA`, all passes it went
    through, including those that found nothing.

    Args:
        model: not modified. Its weights are copied once if anything is rewritten.
        passes: the passes, in order.

    Returns:
        The rewritten model, or `model` itself if nothing applies, and the number of rewrites of
        each pass.

    Raises:
        ModelError: a pass does not fit the model.
    """
    passes = tuple(passes)
    changes = dict.fromkeys((graph_pass.name for graph_pass in passes), 0)
    rewritten, before = model, -1
    while sum(changes.values()) > before:
        before = sum(changes.values())
        for graph_pass in passes:
            own = rewritten is not model
            rewritten, count = graph_pass.apply_counting(rewritten, in_place=own)
            changes[graph_pass.name] += count
    if rewritten is not model:
        _record(rewritten, changes)
    return rewritten, changes


def recorded_rewrites(model: onnx.ModelProto) -> tuple[str, ...]:
    """Return the names of the rewrites that a model went through."""
    texts = [entry.value for entry in model.metadata_props if entry.key == REWRITES_METADATA]
    return tuple(name for text in texts for name in text.split(",") if name)


def _record(model: onnx.ModelProto, names: Iterable[Rewrite]) -> None:
    known = recorded_rewrites(model)
    text = ",".join((*known, *(name for name in names if name not in known)))
    for entry in model.metadata_props:
        if entry.key == REWRITES_METADATA:
            entry.value = text
            return
    model.metadata_props.add(key=REWRITES_METADATA, value=text)

"""The rewrites in their order, and a model taken through them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import onnx

from dlc.graph.names import REWRITES_METADATA, Rewrite
from dlc.graph.passes.flatten import FLATTEN
from dlc.graph.passes.graph_pass import GraphPass
from dlc.graph.passes.half_precision import HALF_PRECISION
from dlc.graph.passes.input_size import input_size
from dlc.graph.passes.instance_norm import INSTANCE_NORM
from dlc.graph.passes.open_batch import OPEN_BATCH
from dlc.graph.passes.pixels import PIXELS
from dlc.graph.passes.reflect_pad import REFLECT_PAD
from dlc.graph.passes.scalar_gather import SCALAR_GATHER
from dlc.graph.passes.shape_constants import SHAPES
from dlc.graph.passes.split import SPLIT
from dlc.graph.passes.tail_batch_norm import TAIL_BATCH_NORM
from dlc.graph.passes.weight_constants import WEIGHTS
from dlc.graph.passes.winograd import WINOGRAD

# What everything that runs a graph gains from. It comes before all others: what an input could
# replace tells no shape, and is no constant to fold.
GENERAL_PASSES = (WEIGHTS,)

# Shapes come first, as others need to know them. The input's size is fixed before, where it is.
DEFAULT_PASSES = (SHAPES, REFLECT_PAD, SPLIT, SCALAR_GATHER, FLATTEN, TAIL_BATCH_NORM)

# What a CPU gains from, where a route asks for it.
CPU_PASSES = (WINOGRAD,)

# What an NVIDIA GPU gains from, where a route asks for it. Pixels come last: their arithmetic is
# to stay in single precision.
CUDA_PASSES = (OPEN_BATCH, INSTANCE_NORM, HALF_PRECISION, PIXELS)


def passes_for(
    release: tuple[int, int],
    wanted: Collection[Rewrite] | None = None,
    *,
    input_shape: tuple[int, ...] | None = None,
) -> tuple[GraphPass, ...]:
    """Return the passes that a release of ONNX Runtime needs, in their order.

    Args:
        release: major and minor version of ONNX Runtime, such as (1, 26); (0, 0) needs them all.
        wanted: leave out others than these; None wants all of the general and default ones.
        input_shape: fix the first input to this shape; None leaves its size open.
    """
    sizes = () if input_shape is None else (input_size(input_shape),)
    return tuple(
        graph_pass
        for graph_pass in (*GENERAL_PASSES, *sizes, *DEFAULT_PASSES)
        if (wanted is None or graph_pass.name in wanted)
        and (graph_pass.needless_from is None or release < graph_pass.needless_from)
    )


def apply_passes(
    model: onnx.ModelProto, passes: Iterable[GraphPass]
) -> tuple[onnx.ModelProto, dict[Rewrite, int]]:
    """Take a model through passes, again until none of them finds anything more to do.

    A rewritten model records in its metadata, under `REWRITES_METADATA`, all the passes that it has
    been through, also those that found nothing in it.

    Args:
        model: stays as it is. Its weights are copied once if anything is rewritten.
        passes: in their order.

    Returns:
        The rewritten model, or `model` itself if nothing applies, and how many things each of the
        passes rewrote.

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
    """Return the names of the rewrites that a model has been through."""
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

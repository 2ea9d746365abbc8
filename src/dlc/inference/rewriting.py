"""Rewrites a model for a provider, checks the result, and caches it."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from dlc.errors import ModelError
from dlc.graph.names import Rewrite
from dlc.graph.passes.graph_pass import GraphPass
from dlc.graph.passes.half_precision import HALF_PRECISION, with_ranges
from dlc.graph.rewrite import (
    CPU_PASSES,
    CUDA_PASSES,
    GENERAL_PASSES,
    apply_passes,
    passes_for,
)
from dlc.graph.stored_weights import Model, read_without_kernels, write_with_kernels
from dlc.host.host import two_numbers
from dlc.inference.verification import Reference
from dlc.model_store.rewritten_files import Entry, RewrittenFiles
from dlc.options import Provider

logger = logging.getLogger(__name__)

# CoreML caches what it compiled under this name: letters and digits, fewer than 64.
_COREML_KEY = "COREML_CACHE_KEY"
# One level of 8-bit pixels.
_LEVEL = 1 / 255
# Half precision ends at 65504; pictures other than the one tried may need twice as much.
_MOST_IN_HALF = 65504 / 2
# A release that needs every rewrite.
_OLDEST = (0, 0)


@dataclass(frozen=True, slots=True)
class RewritePlan:
    """How to rewrite a model.

    Attributes:
        source: its file.
        model: its graph, without the large kernels.
        target: the provider that will run it.
        passes: the passes, in order.
        input_shape: shape of its first input for comparing results; None means the model's own.
        entry: where the result is kept.
    """

    source: Path
    model: Model
    target: Provider
    passes: tuple[GraphPass, ...]
    input_shape: tuple[int, ...] | None
    entry: Entry

    def apply(self) -> tuple[Model, dict[str, int]]:
        """Return the rewritten graph, unchecked, and what each pass rewrote, in numbers."""
        model, changes = apply_passes(self.model, self.passes)
        return model, {name.value: count for name, count in changes.items() if count}


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A rewritten model.

    Attributes:
        path: the file to use: the rewritten one, or the original if there was nothing to do.
        changes: number of rewrites by pass, for passes that rewrote something.
        dropped: the passes left out because they changed the results.
        difference: deviation from the original's results, relative to the output's largest value.
    """

    path: Path
    changes: Mapping[str, int]
    dropped: tuple[str, ...]
    difference: float


def plan_rewrites(
    source: Path,
    target: Provider,
    files: RewrittenFiles,
    *,
    side: int | None = None,
    wanted: Collection[Rewrite] = (),
    everything: bool = False,
    release: tuple[int, int] | None = None,
) -> RewritePlan:
    """Decide what a model needs for a provider.

    Args:
        source: the model's file.
        target: the provider that will run it, never AUTO.
        files: where results are cached.
        side: height and width for a first input that leaves them open, used for comparing results
            and, for CoreML, permanently; None leaves them open.
        wanted: further rewrites that help CPUs and GPUs: Winograd convolutions; several pictures
            per run, half precision, 8-bit pixels. Rewrites for CoreML are chosen by `release`.
        everything: also apply what this machine's ONNX Runtime does not need.
        release: major and minor version of the ONNX Runtime to plan for; None means the installed
            one.

    Raises:
        ModelError: the file cannot be used.
    """
    model = read_without_kernels(source)
    version = onnxruntime.__version__
    release = release or two_numbers(version)
    shape = fixed_shape(model, side)
    passes: tuple[GraphPass, ...] = GENERAL_PASSES
    if everything:
        passes = passes_for(_OLDEST, input_shape=shape)
    elif target is Provider.COREML:
        passes = passes_for(release, input_shape=shape)
    passes += tuple(each for each in (*CPU_PASSES, *CUDA_PASSES) if each.name in wanted)
    fixed = shape if any(each.name is Rewrite.INPUT_SIZE for each in passes) else None
    facts = (version, release, [(each.name.value, each.version) for each in passes])
    half = any(each.name is Rewrite.HALF for each in passes)
    entry = files.entry(source, f"{target.value}{'_fp16' * half}", fixed, facts)
    return RewritePlan(source, model, target, passes, shape, entry)


def fixed_shape(model: Model, side: int | None) -> tuple[int, ...] | None:
    """Return the shape of a model's first input with open sizes filled in.

    Args:
        model: its first input is a picture: pictures, channels, height, width.
        side: height and width to use where they are open.

    Returns:
        None if all sizes are known, or the input is not a picture.
    """
    given = {tensor.name for tensor in model.graph.initializer}
    inputs = [value for value in model.graph.input if value.name not in given]
    if not inputs:
        return None
    dims = inputs[0].type.tensor_type.shape.dim
    sizes = [dim.dim_value or None for dim in dims]
    if len(sizes) != 4 or None not in sizes or sizes[1] is None:
        return None
    if side is None and None in sizes[2:]:
        return None
    filled = (1, sizes[1], side or 1, side or 1)
    return tuple(size or other for size, other in zip(sizes, filled, strict=True))


def rewrite(
    plan: RewritePlan, files: RewrittenFiles, *, threads: int = 1, force: bool = False
) -> Rewritten:
    """Return the rewritten file, from the cache or newly made.

    Args:
        plan: from `plan_rewrites`.
        files: where results are cached.
        threads: CPU threads for checking the result.
        force: always make it anew.

    Raises:
        ModelError: the original does not run on the CPU, so there is nothing to compare with.
        WriteError: the result cannot be cached.
    """
    record = None if force else files.lookup(plan.entry)
    if record is not None:
        return _recalled(plan, record)
    # Do what may fail before what takes long.
    files.make_room(plan.entry)
    model, result = _checked(plan, threads)
    written = bool(result.changes)
    if written:
        if plan.target is Provider.COREML:
            _set_metadata(model, _COREML_KEY, plan.entry.key)
        write_with_kernels(plan.entry.path, model, plan.source)
    facts = {
        "source": str(plan.source),
        "changes": dict(result.changes),
        "dropped": list(result.dropped),
        "difference": result.difference,
    }
    files.keep(plan.entry, facts, written=written)
    return result


def _recalled(plan: RewritePlan, record: Mapping[str, Any]) -> Rewritten:
    return Rewritten(
        path=plan.entry.path if record["sha256"] else plan.source,
        changes=record["changes"],
        dropped=tuple(record["dropped"]),
        difference=record["difference"],
    )


def _checked(plan: RewritePlan, threads: int) -> tuple[Model, Rewritten]:
    """Rewrite the model with the passes that preserve its results."""
    passes, dropped = list(plan.passes), list[GraphPass]()
    reference: Reference | None = None
    while True:
        model, changes = apply_passes(plan.model, passes)
        counts = {name.value: count for name, count in changes.items() if count}
        names = tuple(each.name.value for each in dropped)
        if not counts:
            return model, Rewritten(plan.source, {}, names, 0.0)
        if reference is None:
            reference = _reference(plan, threads)
        active = [each for each in passes if changes[each.name]]
        difference = _difference(reference, model)
        if not _accepted(difference, active):
            culprit = _culprit(plan.model, active, reference)
            reason = f"its results would differ by {difference:.2g}"
        elif (largest := _largest_halved(plan.model, active, reference)) > _MOST_IN_HALF:
            culprit = HALF_PRECISION
            reason = f"it computes with numbers up to {largest:.2g}"
        else:
            return model, Rewritten(plan.entry.path, counts, names, difference)
        logger.warning("%s is left as it is by %s: %s", plan.source, culprit.name.value, reason)
        dropped.append(culprit)
        passes.remove(culprit)


def _reference(plan: RewritePlan, threads: int) -> Reference:
    return Reference.of(
        str(plan.source),
        plan.model.SerializeToString(),
        plan.source.resolve().parent,
        input_shape=plan.input_shape,
        threads=threads,
    )


def _difference(reference: Reference, model: Model) -> float:
    try:
        return reference.difference(model.SerializeToString())
    except ModelError as error:
        logger.info("%s", error)
        return float("inf")


def _accepted(difference: float, active: Sequence[GraphPass]) -> bool:
    tolerances = [graph_pass.tolerance for graph_pass in active if not graph_pass.exact]
    if tolerances and any(graph_pass.name is Rewrite.PIXELS for graph_pass in active):
        # Even a tiny difference may round down to another level.
        tolerances.append(_LEVEL)
    return difference <= max(tolerances, default=0.0)


def _largest_halved(model: Model, active: Sequence[GraphPass], reference: Reference) -> float:
    """Return the largest number that the passes convert to half precision; 0 if there is none."""
    if HALF_PRECISION not in active:
        return 0.0
    before, _ = apply_passes(model, active[: active.index(HALF_PRECISION)])
    largest = reference.largest(with_ranges(before).SerializeToString())
    return largest if np.isfinite(largest) else float("inf")


def _culprit(model: Model, active: Sequence[GraphPass], reference: Reference) -> GraphPass:
    """Return the pass where results begin to differ; later passes build on earlier ones."""
    for count in range(1, len(active)):
        rewritten, _ = apply_passes(model, active[:count])
        if not _accepted(_difference(reference, rewritten), active[:count]):
            return active[count - 1]
    return active[-1]


def _set_metadata(model: Model, key: str, value: str) -> None:
    for entry in model.metadata_props:
        if entry.key == key:
            entry.value = value
            return
    model.metadata_props.add(key=key, value=value)

"""One target of a swap: from options and sources that were checked to its result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from dlc.options import SwapOptions
from dlc.pipeline import CancelToken
from dlc.workflows.batch.casting import Casting
from dlc.workflows.batch.plan import SwapPlan
from dlc.workflows.batch.resume import run_resumable
from dlc.workflows.batch.run import run_swap
from dlc.workflows.hardware import settled_decoder, settled_encoding
from dlc.workflows.preparation import Preparation
from dlc.workflows.progress import Progress
from dlc.workflows.result import SwapResult


def swap_target(
    target: Path,
    output: Path,
    options: SwapOptions,
    prepared: Preparation,
    *,
    casting: Casting | None = None,
    progress: Callable[[Progress], None] | None = None,
    cancel: CancelToken | None = None,
) -> SwapResult:
    """Plan the swap of a video or picture and run it; see `dlc.swap` for what is raised.

    Args:
        target: the file.
        output: the file to write.
        options: all choices, checked.
        prepared: the engine, and who gets which face.
        casting: shared by targets with the same engine, sources and people; None starts anew.
        progress: called after every frame.
        cancel: stops the run.
    """
    decoder, about_decoder = settled_decoder(options.decoder, target)
    encoding, about_encoding = settled_encoding(options.encoding, output, target)
    options = replace(options, masks=prepared.masks, decoder=decoder, encoding=encoding)
    plan = SwapPlan(
        assignments=prepared.assignments,
        target=target,
        output=output,
        options=options,
        engine=prepared.engine,
        engine_reason=prepared.engine_reason,
        notes=(*about_decoder, *about_encoding),
    )
    load, resume = prepared.load, options.resume
    if resume is None:
        return run_swap(plan, load, casting=casting, progress=progress, cancel=cancel)
    return run_resumable(plan, load, resume, casting=casting, progress=progress, cancel=cancel)

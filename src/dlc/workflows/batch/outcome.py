"""Puts the result of a swap together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dlc.pipeline import PipelineReport
from dlc.workflows.batch.plan import SwapPlan
from dlc.workflows.batch.tally import Tally
from dlc.workflows.result import ModelUse, SwapResult


def swap_result(
    plan: SwapPlan,
    tally: Tally,
    *,
    models: Sequence[ModelUse],
    frames_lost: int,
    seconds: float,
    processing_seconds: float,
    pipeline: PipelineReport,
    notes: Iterable[str],
) -> SwapResult:
    """Return the result of a plan that was carried out; see `SwapResult` for the arguments."""
    return SwapResult(
        output=plan.output,
        contact_sheet=plan.options.contact_sheet,
        engine=plan.engine,
        engine_reason=plan.engine_reason,
        models=tuple(models),
        frames=tally.frames,
        faces=tally.faces,
        faces_left=tally.faces_left,
        passages_left=tuple(tally.passages_left),
        frames_lost=frames_lost,
        seconds=seconds,
        processing_seconds=processing_seconds,
        pipeline=pipeline,
        notes=tuple(notes),
    )

"""The outcome of a live run."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from dlc.options import Engine
from dlc.pipeline.report import PipelineReport
from dlc.workflows.live.stats import LiveStats
from dlc.workflows.result import ModelUse


class LiveEnd(StrEnum):
    """Why a live run ended."""

    SOURCE = "the source ended"
    DURATION = "its time was over"
    REQUEST = "it was stopped"


@dataclass(frozen=True, slots=True)
class LiveResult:
    """The outcome of `dlc.live`.

    Attributes:
        source: what was captured, and how.
        engine: the swap engine that did the work.
        engine_reason: why it was chosen.
        models: which provider ran each of its neural models; the built-in engine has none.
        output: the file that was written, if there is one.
        frames: frames processed.
        faces: faces swapped, over all frames.
        ended_by: why the run ended.
        stats: rates and latency of the whole run.
        pipeline: time and items of each stage.
        notes: what the user should know, such as who was never seen.
    """

    source: str
    engine: Engine
    engine_reason: str
    models: tuple[ModelUse, ...]
    output: Path | None
    frames: int
    faces: int
    ended_by: LiveEnd
    stats: LiveStats
    pipeline: PipelineReport
    notes: tuple[str, ...] = ()

"""How fast an engine swaps on this machine, stage by stage and from file to file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from dlc.options import Engine, FaceChoice, ProvenanceOptions, SwapOptions
from dlc.pipeline.report import PipelineReport
from dlc.workflows.batch.plan import SwapPlan
from dlc.workflows.batch.run import run_swap
from dlc.workflows.engines.engine import EngineChoice
from dlc.workflows.people.assignment import Assignment
from dlc.workflows.result import ModelUse, SwapResult
from dlc.workflows.sample import FPS, FRAMES, Sample

# Seconds: an engine gets as many frames as take about this long, and at least the first few.
_SECONDS = 4.0
_FIRST_FRAMES = 6


@dataclass(frozen=True, slots=True)
class EngineSpeed:
    """How fast a real swap of the sample was, including reading, encoding and writing.

    Attributes:
        engine: the engine.
        frames: number of frames measured, each with one face.
        fps: frames per second, from reading the first one to the finished file.
        pipeline: time of each stage; they run concurrently.
        models: which provider ran each of its neural models.
    """

    engine: Engine
    frames: int
    fps: float
    pipeline: PipelineReport
    models: tuple[ModelUse, ...]


def measure_engine(
    choice: EngineChoice, sample: Sample, folder: Path, threads: int | None
) -> EngineSpeed:
    """Time an engine on the sample; a slow engine gets only the first frames.

    Args:
        choice: the engine.
        sample: what to swap.
        folder: where outputs are written; they are not removed.
        threads: CPU threads for everything; None takes every core.

    Raises:
        DlcError: as `dlc.swap`.
    """
    result = _swap(choice, sample, folder / "first.mp4", threads, _FIRST_FRAMES)
    frames = min(FRAMES, int(result.fps * _SECONDS))
    if frames > _FIRST_FRAMES:
        result = _swap(choice, sample, folder / "swapped.mp4", threads, frames)
    return EngineSpeed(choice.engine, result.frames, result.fps, result.pipeline, result.models)


def _swap(
    choice: EngineChoice, sample: Sample, output: Path, threads: int | None, frames: int
) -> SwapResult:
    options = SwapOptions(
        faces=FaceChoice.LARGEST,
        end=frames / FPS,
        threads=threads,
        overwrite=True,
        # The output is never published, so the user needs no signing key for it.
        provenance=ProvenanceOptions(signed=False),
    )
    everybody = Assignment((), (sample.photo,))
    plan = SwapPlan((everybody,), sample.clip, output, options, choice.engine, choice.reason)
    return run_swap(plan, choice.load)

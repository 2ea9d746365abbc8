"""The outcome of a swap."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from dlc.options import Engine
from dlc.pipeline.report import PipelineReport


@dataclass(frozen=True, slots=True)
class ModelUse:
    """How a model was run.

    Attributes:
        role: the model's role.
        name: the model's file.
        provider: ONNX Runtime's name for the execution provider that ran it, or most of it.
        reason: why it was chosen.
    """

    role: str
    name: str
    provider: str
    reason: str


@dataclass(frozen=True, slots=True)
class SwapResult:
    """The outcome of `dlc.swap`.

    Attributes:
        output: the file that was written.
        contact_sheet: the picture of source, target and result, if requested.
        engine: the swap engine that did the work.
        engine_reason: why it was chosen.
        models: which provider ran each of its neural models; the built-in engine has none.
        frames: frames written.
        faces: faces swapped, over all frames.
        faces_left: faces found and chosen but left as they were, because a credible swap was not
            possible (a profile, for instance).
        frames_lost: frames of a damaged target that could not be read.
        seconds: total time, including preparing the source.
        processing_seconds: time from requesting the first frame to the finished file.
        pipeline: time and items of each stage.
        notes: what the user should know, such as audio that had to be encoded again.
    """

    output: Path
    contact_sheet: Path | None
    engine: Engine
    engine_reason: str
    models: tuple[ModelUse, ...]
    frames: int
    faces: int
    faces_left: int
    frames_lost: int
    seconds: float
    processing_seconds: float
    pipeline: PipelineReport
    notes: tuple[str, ...] = ()

    @property
    def fps(self) -> float:
        """Frames processed per second, including decoding, encoding and finishing the file."""
        return self.frames / self.processing_seconds if self.processing_seconds > 0 else 0.0

"""What a finished swap has to tell."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from dlc.options import Engine
from dlc.pipeline.report import PipelineReport


@dataclass(frozen=True, slots=True)
class ModelUse:
    """By what a model was run.

    Attributes:
        role: what it did.
        name: the model's file.
        provider: ONNX Runtime's name of the execution provider that ran it, or most of it.
        reason: why it was this one.
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
        contact_sheet: the picture of source, target and result, where one was asked for.
        engine: the swap engine that did the work.
        engine_reason: why it was this one.
        models: by what its neural models were run; the built-in engine has none.
        frames: frames written.
        faces: faces swapped, over all frames.
        faces_left: faces found and chosen but left as they were, because a credible swap was not
            possible (a profile, for instance).
        frames_lost: frames of a damaged target that could not be read.
        seconds: time for everything, preparing the source included.
        processing_seconds: time from asking for the first frame to the finished file.
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
        """Frames processed a second, decoding, encoding and finishing the file included."""
        return self.frames / self.processing_seconds if self.processing_seconds > 0 else 0.0

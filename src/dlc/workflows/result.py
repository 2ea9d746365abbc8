"""The outcome of a swap, and of swaps of all targets in a folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from dlc.errors import DlcError
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
class Passage:
    """A part of a video whose frames show faces that were left as they were.

    Frames without one, for less than half a second, do not end it.

    Attributes:
        begin: presentation time of its first frame in the target, in seconds as players count.
        end: presentation time of its last frame.
        faces: how many were left, over its frames.
    """

    begin: float
    end: float
    faces: int


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
        passages_left: where in a video they are, in order; empty for a picture.
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
    passages_left: tuple[Passage, ...] = ()

    @property
    def fps(self) -> float:
        """Frames processed per second, including decoding, encoding and finishing the file."""
        return self.frames / self.processing_seconds if self.processing_seconds > 0 else 0.0


@dataclass(frozen=True, slots=True)
class TargetOutcome:
    """What became of one target in a folder.

    Attributes:
        target: the video or picture.
        output: the file that was written, was there already, or could not be written.
        result: what was done; None if nothing was.
        error: why not; None unless it failed.
    """

    target: Path
    output: Path
    result: SwapResult | None = None
    error: DlcError | None = None

    @property
    def was_there(self) -> bool:
        """Whether the output was there before the run, and was left alone."""
        return self.result is None and self.error is None


@dataclass(frozen=True, slots=True)
class FolderResult:
    """The outcome of `dlc.swap_folder`.

    Attributes:
        output: the folder with the results.
        contact_sheets: the folder with a contact sheet of each, if requested.
        targets: what became of every target, in the order in which they were processed.
        seconds: total time.
        notes: what the user should know of the folder; what there is to know of a target is in its
            own result.
    """

    output: Path
    contact_sheets: Path | None
    targets: tuple[TargetOutcome, ...]
    seconds: float
    notes: tuple[str, ...] = ()

    @property
    def results(self) -> tuple[SwapResult, ...]:
        """The results of the targets that were done in this run."""
        return tuple(each.result for each in self.targets if each.result is not None)

    @property
    def errors(self) -> tuple[DlcError, ...]:
        """Why targets failed, one error for each of them."""
        return tuple(each.error for each in self.targets if each.error is not None)

    @property
    def fps(self) -> float:
        """Frames processed per second, over all targets that were done in this run."""
        seconds = sum(result.processing_seconds for result in self.results)
        return sum(result.frames for result in self.results) / seconds if seconds > 0 else 0.0

"""The steps a frame goes through between decoder and encoder."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from typing import Any, Protocol

from dlc.compositing.patch import Patch
from dlc.faces.face import Face
from dlc.media.frames.frame import Frame
from dlc.media.frames.label import Label
from dlc.options import SwapOptions
from dlc.pipeline import CancelToken, Pipeline
from dlc.pipeline.stage import Stage
from dlc.safeguard.guard import Safeguard
from dlc.swapping.effect import PatchEffect
from dlc.workflows.batch.contact_sheet import CELL_SIZE
from dlc.workflows.batch.moments import Moment, MomentRecorder
from dlc.workflows.people.cast import Cast

# Frames waiting between two stages: enough to even out delays, few enough to hold 4K in memory.
_QUEUE_SIZE = 2


class FrameWriter(Protocol):
    """Takes finished frames, as the writers of `dlc.media` do."""

    def write(self, frame: Frame) -> None:
        """Encode the next frame."""


@dataclass(slots=True)
class FrameJob:
    """A frame and what the steps have learned about it so far.

    Attributes:
        frame: as it was decoded, until the patches are pasted into it.
        faces: the chosen ones.
        swapped: those that were replaced, each with its patch.
    """

    frame: Frame
    faces: list[Face] = field(default_factory=list)
    swapped: list[tuple[Face, Patch]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class FrameCount:
    """What became of the faces in one frame.

    Attributes:
        swapped: faces that were replaced.
        left: faces that were chosen but left as they were.
        time: its presentation time in the target in seconds; None for a picture.
    """

    swapped: int
    left: int
    time: float | None = None


class SwapSteps:
    """The steps of a swap, each called only from the thread of its stage.

    Args:
        cast: finds the faces and makes the new ones, already prepared with the sources.
        options: which faces are swapped, and what is drawn on every frame.
        writer: takes the finished frames.
        safeguard: checks each frame before anything else is done, if there is one.
        recorder: collects pictures for the contact sheet, if there is one.
        begin: the earliest time of the first frame that is wanted, in seconds on the target's
            clock; those before it warm up the engine and are neither checked, changed nor written.
            None if all are wanted.
    """

    def __init__(
        self,
        cast: Cast,
        options: SwapOptions,
        writer: FrameWriter,
        safeguard: Safeguard | None = None,
        recorder: MomentRecorder | None = None,
        begin: Fraction | None = None,
    ) -> None:
        self._cast = cast
        self._finder = cast.finder()
        self._choice = options.faces
        self._writer = writer
        self._recorder = recorder
        self._safeguard = safeguard
        self._begin = begin
        height = options.encoding.height
        self._label = Label(options.label, height) if options.label is not None else None
        self._effects = cast.engine.effects
        self._needs = cast.target_needs

    @property
    def stages(self) -> list[Stage[Any, Any]]:
        """The steps in order, as stages of a pipeline."""
        first = [Stage("check", self.check)] if self._safeguard else []
        return [
            *first,
            Stage("find", self.find),
            Stage("swap", self.swap),
            *(Stage(effect.name, partial(_apply, effect)) for effect in self._effects),
            Stage("paste", self.paste),
            Stage("encode", self.encode),
        ]

    def check(self, frame: Frame) -> Frame:
        """Let the safeguard check a frame, in its own stage so that finding faces need not wait."""
        if self._safeguard is not None and self._is_wanted(frame):
            self._safeguard.watch(frame)
        return frame

    def find(self, frame: Frame) -> FrameJob:
        """Find the faces in a frame, choose those to swap, and describe these in detail."""
        faces = self._cast.choose(self._finder.find(frame), self._choice)
        return FrameJob(frame, self._finder.describe(frame, faces, self._needs))

    def swap(self, job: FrameJob) -> FrameJob:
        """Make a patch for every chosen face, each from the unmodified frame."""
        patches = self._cast.swapper.swap(job.frame, job.faces)
        pairs = zip(job.faces, patches, strict=True)
        job.swapped = [(face, patch) for face, patch in pairs if patch is not None]
        return job

    def paste(self, job: FrameJob) -> FrameJob:
        """Paste the patches into the frame, keeping a copy from before if the sheet needs one."""
        if not self._is_wanted(job.frame):
            return job
        recorder = self._recorder
        shown = recorder is not None and recorder.wants_next()
        before = job.frame.thumbnail(CELL_SIZE) if shown else None
        for _, patch in job.swapped:
            job.frame.paste(patch.box, patch.bgr, patch.shown)
        if self._label is not None:
            self._label.draw(job.frame)
        if recorder is not None and before is not None:
            after = job.frame.thumbnail(CELL_SIZE)
            recorder.add(Moment(_time_of(job.frame), before, after))
        return job

    def encode(self, job: FrameJob) -> FrameCount | None:
        """Hand the frame to the encoder and drop it; one that is not wanted is not counted."""
        if not self._is_wanted(job.frame):
            return None
        self._writer.write(job.frame)
        left = len(job.faces) - len(job.swapped)
        return FrameCount(swapped=len(job.swapped), left=left, time=_time_of(job.frame))

    def _is_wanted(self, frame: Frame) -> bool:
        return self._begin is None or frame.exact_time >= self._begin


def swap_pipeline(frames: Iterable[Frame], steps: SwapSteps, cancel: CancelToken) -> Pipeline:
    """Return a pipeline that yields a `FrameCount` for each frame, None for those not wanted."""
    return Pipeline(
        frames, steps.stages, source_name="decode", queue_size=_QUEUE_SIZE, cancel=cancel
    )


def run_counting(pipeline: Pipeline, count: Callable[[FrameCount], None]) -> None:
    """Run a `swap_pipeline` to its end; call `count` in this thread for each frame wanted."""
    with closing(pipeline.run()) as counts:
        for one in counts:
            if one is not None:
                count(one)


def _time_of(frame: Frame) -> float | None:
    return None if frame.pts is None else frame.time


def _apply(effect: PatchEffect, job: FrameJob) -> FrameJob:
    job.swapped = [(face, effect.apply(job.frame, face, patch)) for face, patch in job.swapped]
    return job

"""The steps a live frame goes through between source and outputs."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from dlc.compositing.patch import Patch
from dlc.faces.detection.cadence import DetectionCadence
from dlc.faces.face import Face
from dlc.faces.finder import FaceFinder
from dlc.media.live.frame import LiveFrame
from dlc.options import FaceChoice
from dlc.pipeline import Stage
from dlc.swapping.effect import PatchEffect
from dlc.workflows.live.viewer_guard import ViewerGuard
from dlc.workflows.live.watch import LiveWatch
from dlc.workflows.people.cast import Cast


@dataclass(slots=True, eq=False)
class LiveJob:
    """A frame and what the steps have learned about it so far.

    Attributes:
        frame: as it was captured, until the patches are pasted into it.
        found: number of faces in it, chosen or not.
        faces: the chosen ones.
        patches: one for each of these; None for a face that stays as it is.
        slowest: seconds taken by the slowest step after finding.
    """

    frame: LiveFrame
    found: int
    faces: list[Face]
    patches: list[Patch | None] = field(default_factory=list)
    slowest: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class LivePicture:
    """What viewers see of a frame.

    Attributes:
        frame: the picture they see.
        swapped: how many faces were swapped in the frame.
        is_refused: whether it is black because the safeguard refused the frame.
    """

    frame: LiveFrame
    swapped: int
    is_refused: bool


class LiveSteps:
    """The steps of a live swap, each called only from the thread of its stage.

    Args:
        cast: whom to swap; already prepared with the sources.
        finder: finds the faces, in place of the engine's own finder.
        choice: which of them are swapped.
        guard: decides what is shown.
        cadence: learns how long swapping takes.
        watch: knows which frames are refused; None if they are not watched.
    """

    def __init__(
        self,
        cast: Cast,
        finder: FaceFinder,
        choice: FaceChoice | tuple[int, ...],
        guard: ViewerGuard,
        cadence: DetectionCadence,
        watch: LiveWatch | None = None,
    ) -> None:
        self._cast = cast
        self._effects: Sequence[PatchEffect] = cast.engine.effects
        self._finder = cast.finder(finder)
        self._choice = choice
        self._guard = guard
        self._cadence = cadence
        self._watch = watch
        self._needs = cast.target_needs

    @property
    def stages(self) -> list[Stage[Any, Any]]:
        """The steps in order, as stages of a pipeline."""
        return [
            Stage("find", self.find),
            Stage("swap", partial(_timed, self._swap)),
            *(
                Stage(effect.name, partial(_timed, partial(_apply, effect)))
                for effect in self._effects
            ),
            Stage("paste", self.paste),
        ]

    def find(self, frame: LiveFrame) -> LiveJob:
        """Find the faces in a frame, choose those to swap, and describe these in detail."""
        faces = self._finder.find(frame)
        chosen = self._cast.choose(faces, self._choice)
        return LiveJob(frame, len(faces), self._finder.describe(frame, chosen, self._needs))

    def paste(self, job: LiveJob) -> LivePicture:
        """Paste the patches into the frame and decide what viewers see."""
        made = [patch for patch in job.patches if patch is not None]
        for patch in made:
            job.frame.paste(patch.box, patch.bgr, patch.shown)
        self._cadence.note_swap(job.slowest)
        refused = self._watch is not None and self._watch.refuses(job.frame)
        shown = self._guard.shown(job.frame, job.found, made, refused=refused)
        return LivePicture(shown, len(made), refused)

    def _swap(self, job: LiveJob) -> None:
        job.patches = self._cast.swapper.swap(job.frame, job.faces)


def _apply(effect: PatchEffect, job: LiveJob) -> None:
    job.patches = [
        None if patch is None else effect.apply(job.frame, face, patch)
        for face, patch in zip(job.faces, job.patches, strict=True)
    ]


def _timed(step: Callable[[LiveJob], None], job: LiveJob) -> LiveJob:
    """Run a step on a job and note how long it took."""
    began = time.perf_counter()
    step(job)
    job.slowest = max(job.slowest, time.perf_counter() - began)
    return job

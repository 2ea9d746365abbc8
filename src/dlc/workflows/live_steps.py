"""What happens to one live frame on its way from the source to the outputs."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from dlc.faces.detection_cadence import DetectionCadence
from dlc.faces.face import Face
from dlc.faces.finder import FaceFinder
from dlc.faces.selector import select_faces
from dlc.media.live_frame import LiveFrame
from dlc.options import FaceChoice
from dlc.pipeline import Stage
from dlc.swapping.swapper import FaceSwapper
from dlc.workflows.viewer_guard import ViewerGuard


@dataclass(frozen=True, slots=True, eq=False)
class FoundFaces:
    """A frame, the faces in it that were chosen, and how many there are in all."""

    frame: LiveFrame
    chosen: list[Face]
    count: int


@dataclass(frozen=True, slots=True, eq=False)
class LivePicture:
    """What viewers see of a frame, and how many faces were swapped in the frame."""

    frame: LiveFrame
    swapped: int


class LiveSteps:
    """The steps of a live swap, each called from the one thread of its stage.

    Args:
        finder: finds the faces.
        choice: which of them are swapped.
        swapper: makes the new faces, already prepared with the source.
        guard: decides what is shown.
        cadence: is told how long swapping takes.
    """

    def __init__(
        self,
        finder: FaceFinder,
        choice: FaceChoice,
        swapper: FaceSwapper,
        guard: ViewerGuard,
        cadence: DetectionCadence,
    ) -> None:
        self._finder = finder
        self._choice = choice
        self._swapper = swapper
        self._guard = guard
        self._cadence = cadence

    @property
    def stages(self) -> list[Stage[Any, Any]]:
        """The steps in order, as stages of a pipeline."""
        return [Stage("find", self.find), Stage("swap", self.swap)]

    def find(self, frame: LiveFrame) -> FoundFaces:
        """Find the faces of a frame, choose those to swap, and look closer at these."""
        faces = self._finder.find(frame)
        chosen = select_faces(faces, self._choice)
        described = self._finder.describe(frame, chosen, self._swapper.target_needs)
        return FoundFaces(frame, described, len(faces))

    def swap(self, found: FoundFaces) -> LivePicture:
        """Replace the chosen faces and decide what is shown."""
        began = time.perf_counter()
        frame = found.frame
        patches = self._swapper.swap(frame, found.chosen)
        made = [patch for patch in patches if patch is not None]
        for patch in made:
            frame.paste(patch.box, patch.bgr, patch.alpha)
        shown = self._guard.shown(frame, found.count, patches)
        self._cadence.note_swap(time.perf_counter() - began)
        return LivePicture(shown, len(made))

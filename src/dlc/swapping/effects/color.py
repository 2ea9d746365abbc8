"""Gives a new face the colors of the one it covers."""

from __future__ import annotations

from collections.abc import Callable

from dlc.arrays import Floats
from dlc.compositing.color_match import FaceColors, face_colors, shifted
from dlc.compositing.patch import Patch
from dlc.faces.face import Face
from dlc.faces.finder import Needs
from dlc.faces.pixels import Pixels
from dlc.swapping.running_mean import RunningMean
from dlc.swapping.track_memory import TrackMemory

# Light may change within a few frames; faster changes come from a speaking face.
_RATE = 0.2


class ColorEffect:
    """Matches colors by a shift that is averaged over a track, so that it does not flicker."""

    name = "color"
    target_needs = Needs.NOTHING

    def __init__(self, measure: Callable[[FaceColors], Floats]) -> None:
        """Match by `overall_shift` or `local_shift` of `dlc.compositing.color_match`."""
        self._measure = measure
        self._tracks = TrackMemory(lambda: RunningMean[Floats](_RATE))

    def apply(self, frame: Pixels, face: Face, patch: Patch) -> Patch:
        """Return the patch in the colors of the frame under it."""
        if not patch.alpha.any():
            return patch
        shift = self._measure(face_colors(patch, frame.region(patch.box)))
        return shifted(patch, self._tracks.recall(face.track_id).update(shift))

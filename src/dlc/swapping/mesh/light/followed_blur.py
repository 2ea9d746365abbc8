"""Follows how blurred a target's face is over time, by focus and by motion."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dlc.arrays import Bytes, Floats
from dlc.swapping.mesh.light.focus import FocusMeter, lacking_softness, with_motion
from dlc.swapping.mesh.view import TargetView
from dlc.swapping.running_mean import RunningMean

# Frames from one measurement of the focus to the next, as it changes slowly, and the weight of one.
_INTERVAL, _RATE = 4, 0.4
# Face widths per frame from which motion can be seen to blur, and from which it may do so as much
# as being out of focus.
_MOVED, _FAST = 0.02, 0.05


@dataclass(frozen=True, slots=True, eq=False)
class SourceFocus:
    """How soft the source's face is.

    Attributes:
        meter: measures targets in the same way.
        softness: radius of the blur on edges in all directions, in face widths.
        by_axis: float32 (2,), the same along the rows and along the columns.
    """

    meter: FocusMeter
    softness: float
    by_axis: Floats

    @classmethod
    def of(cls, luma: Bytes, meter: FocusMeter) -> SourceFocus:
        """Measure the source's face in the atlas: uint8, of the meter's size."""
        return cls(meter, meter.softness(luma), meter.softness_by_axis(luma))


class FollowedBlur:
    """The blur that the source's face lacks, over one target's frames.

    Attributes:
        radius: float32 (2,), in the last frame along the atlas's rows and columns, in face widths.
    """

    def __init__(self) -> None:
        """Start without any memory."""
        self.radius: Floats = np.zeros(2, np.float32)
        self._focus = RunningMean[float](_RATE)
        self._frames = 0
        self._place: Floats | None = None

    def update(self, view: TargetView, luma: Bytes, source: SourceFocus) -> Floats:
        """Add a frame and return the radius for it.

        Args:
            view: the target's face.
            luma: the same in the atlas: uint8, of the meter's size.
            source: the source's focus.
        """
        known, moved = self._focus.value, self._moved(view)
        speed = float(np.abs(moved).max())
        # Beyond the frame there are no edges but that of the frame.
        is_clear = view.is_whole and speed < _FAST
        if known is None or (is_clear and self._frames % _INTERVAL == 0):
            softness = source.meter.softness(luma)
            lacking = lacking_softness(softness, source.softness, view.pose.scale)
            known = self._focus.update(lacking)
        self._frames += 1
        self.radius = np.full(2, known, np.float32)
        if view.is_whole and speed > _MOVED:
            now = source.meter.softness_by_axis(luma)
            self.radius = with_motion(known, now, source.by_axis, moved)
        return self.radius

    def _moved(self, view: TargetView) -> Floats:
        """Return by how much the face has moved since the last frame: (2,), in face widths."""
        corner = (view.box.left, view.box.top, 0)
        place = view.mesh.mean(axis=0) + np.array(corner, np.float32)
        way = np.zeros(3, np.float32) if self._place is None else place - self._place
        self._place = place
        way[2] = 0
        moved = (way @ view.pose.rotation.T)[:2] / view.pose.scale
        return moved.astype(np.float32)

"""Decides how many frames a detection is good for when faces are moved in between."""

from __future__ import annotations

from dlc.pacing import MeanDuration, affordable_every

# Detections are never further apart, in frames: new faces have to be noticed, and errors add up.
_MOST = 10
# Finding faces may take this share of the time from frame to frame. The rest of it is for what runs
# beside it on the same cores.
_SHARE = 0.5
# Weight of the newest duration in the running means.
_RECENT = 0.1


class DetectionCadence:
    """Detects as often as the machine allows, or as often as it was told.

    Where detecting in every frame fits into the time there is, every frame gets its own detection.
    Times are noted by the threads that do the work, each its own.
    """

    def __init__(self, every: int | None, period: float) -> None:
        """Begin without measurements.

        Args:
            every: frames from one detection to the next; None finds that out.
            period: seconds from one captured frame to the next.
        """
        self._fixed = every
        self._period = period
        self._detection = MeanDuration(_RECENT)
        self._motion = MeanDuration(_RECENT)
        self._swap = MeanDuration(_RECENT)

    @property
    def every(self) -> int:
        """Frames from one detection to the next; 1 is a detection in every frame."""
        if self._fixed is not None:
            return self._fixed
        # A swap slower than the camera leaves more time for each of the fewer frames.
        budget = _SHARE * max(self._period, self._swap.seconds)
        return affordable_every(budget, self._detection.seconds, self._motion.seconds, _MOST)

    def note_detection(self, seconds: float) -> None:
        """Take in how long the detection in a frame took."""
        self._detection.add(seconds)

    def note_motion(self, seconds: float) -> None:
        """Take in how long measuring the motion of all faces of a frame took."""
        self._motion.add(seconds)

    def note_swap(self, seconds: float) -> None:
        """Take in how long a frame was kept by the swapper."""
        self._swap.add(seconds)

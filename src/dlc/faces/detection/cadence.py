"""Decides how many frames a detection lasts while faces are moved in between."""

from __future__ import annotations

from dlc.pacing import MeanDuration, affordable_every

# Largest distance between detections, in frames: new faces must be noticed, and errors add up.
_MOST = 10
# Finding faces may take this share of the time from frame to frame. The rest is for what runs
# alongside it on the same cores.
_SHARE = 0.5
# Weight of the newest duration in the running means.
_RECENT = 0.1


class DetectionCadence:
    """Detects as often as the machine allows, or at a fixed interval.

    If there is time to detect in every frame, every frame gets its own detection. Each working
    thread notes its own times.
    """

    def __init__(self, every: int | None, period: float) -> None:
        """Start without measurements.

        Args:
            every: frames from one detection to the next; None derives it from measurements.
            period: seconds from one captured frame to the next.
        """
        self._fixed = every
        self._period = period
        self._detection = MeanDuration(_RECENT)
        self._motion = MeanDuration(_RECENT)
        self._swap = MeanDuration(_RECENT)

    @property
    def every(self) -> int:
        """Frames from one detection to the next; 1 means every frame."""
        if self._fixed is not None:
            return self._fixed
        # A swap slower than the camera leaves more time for each of the remaining frames.
        budget = _SHARE * max(self._period, self._swap.seconds)
        return affordable_every(budget, self._detection.seconds, self._motion.seconds, _MOST)

    def note_detection(self, seconds: float) -> None:
        """Note how long the detection in a frame took."""
        self._detection.add(seconds)

    def note_motion(self, seconds: float) -> None:
        """Note how long it took to measure the motion of all faces in a frame."""
        self._motion.add(seconds)

    def note_swap(self, seconds: float) -> None:
        """Note how long the swapper took for a frame."""
        self._swap.add(seconds)

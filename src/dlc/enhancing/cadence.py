"""Decides in how many frames of a face a restoration model runs once."""

from __future__ import annotations

from dlc.pacing import MeanDuration, affordable_every

# The model never runs less often than in one of so many frames: detail grows old.
_MOST = 12
# Enhancing may take this share of the time from face to face. The rest of it is for what runs
# beside it on the same cores.
_SHARE = 0.5
# Weights of the newest duration in the running means. Runs of the model are rare, and the first
# may take much longer than all others.
_RECENT = 0.1
_RECENT_RUN = 0.3
# Seconds without anything to do that tell of a pause and not of a frame rate.
_PAUSE = 1.0


class EnhanceCadence:
    """Enhances as often as the machine allows, or as often as it was told."""

    def __init__(self, every: int | None) -> None:
        """Begin without measurements.

        Args:
            every: frames of a face from one run of the model to the next; None finds that out.
        """
        self._fixed = every
        self._last: float | None = None
        self._busy = 0.0
        self._interval = MeanDuration(_RECENT)
        self._model = MeanDuration(_RECENT_RUN)
        self._carry = MeanDuration(_RECENT)

    @property
    def every(self) -> int:
        """Frames of a face from one run of the model to the next; 1 is a run in every frame."""
        if self._fixed is not None:
            return self._fixed
        if not self._interval.is_known:
            return 1
        budget = _SHARE * self._interval.seconds
        return affordable_every(budget, self._model.seconds, self._carry.seconds, _MOST)

    def note_face(self, now: float) -> None:
        """Take in that a face arrived, at a time in seconds.

        Where enhancing is what keeps the next face waiting, its own time is measured here. It is
        more than its share then, so the model runs less often until others set the rate.
        """
        gap = None if self._last is None else now - self._last
        self._last = now
        if gap is not None and gap - self._busy <= _PAUSE:
            self._interval.add(gap)

    def note_model(self, seconds: float) -> None:
        """Take in how long a run of the model with all around it took for a face."""
        self._busy = seconds
        self._model.add(seconds)

    def note_carry(self, seconds: float) -> None:
        """Take in how long it took to carry detail on for a face."""
        self._busy = seconds
        self._carry.add(seconds)

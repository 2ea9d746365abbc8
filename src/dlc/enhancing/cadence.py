"""Decides in how many frames of a face a restoration model runs once."""

from __future__ import annotations

import math

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
        self._interval: float | None = None
        self._model: float | None = None
        self._carry = 0.0

    @property
    def every(self) -> int:
        """Frames of a face from one run of the model to the next; 1 is a run in every frame."""
        if self._fixed is not None:
            return self._fixed
        if self._interval is None or self._model is None:
            return 1
        return affordable_every(self._interval, self._model, self._carry)

    def note_face(self, now: float) -> None:
        """Take in that a face arrived, at a time in seconds.

        Where enhancing is what keeps the next face waiting, its own time is measured here. It is
        more than its share then, so the model runs less often until others set the rate.
        """
        gap = None if self._last is None else now - self._last
        self._last = now
        if gap is not None and gap - self._busy <= _PAUSE:
            self._interval = _mean(self._interval, gap, _RECENT)

    def note_model(self, seconds: float) -> None:
        """Take in how long a run of the model with all around it took for a face."""
        self._busy = seconds
        self._model = _mean(self._model, seconds, _RECENT_RUN)

    def note_carry(self, seconds: float) -> None:
        """Take in how long it took to carry detail on for a face."""
        self._busy = seconds
        self._carry = _mean(self._carry or None, seconds, _RECENT)


def affordable_every(interval: float, model: float, carry: float) -> int:
    """Return in how many frames the model may run once, so that it takes its share of the time.

    Args:
        interval: seconds from face to face: from frame to frame where there is one face.
        model: seconds that a face takes with a run of the model.
        carry: seconds that it takes to carry detail on instead.

    Returns:
        1 to 12. At 12, enhancing may take longer than there is time.
    """
    budget = _SHARE * interval
    if model <= max(budget, carry):
        return 1
    if budget <= carry:
        return _MOST
    # The mean of one run and n - 1 times carrying is within the budget from this n on.
    return min(math.ceil((model - carry) / (budget - carry)), _MOST)


def _mean(mean: float | None, value: float, weight: float) -> float:
    return value if mean is None else mean + weight * (value - mean)

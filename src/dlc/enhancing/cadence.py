"""Decides how often a restoration model runs on a face."""

from __future__ import annotations

from dlc.pacing import MeanDuration, affordable_every

# Maximum number of frames from one run of the model to the next, as detail grows stale.
_MOST = 12
# Enhancing may take this share of the time from face to face. The rest is for what runs alongside
# it on the same cores.
_SHARE = 0.5
# Weights of the newest duration in the running means. Model runs are rare, and the first may take
# much longer than the others.
_RECENT = 0.1
_RECENT_RUN = 0.3
# Idle seconds from which there is a pause rather than a low frame rate.
_PAUSE = 1.0


class EnhanceCadence:
    """Enhances as often as the machine allows, or at a fixed interval."""

    def __init__(self, every: int | None) -> None:
        """Start without measurements.

        Args:
            every: frames of a face from one run of the model to the next; None derives it from
                measurements.
        """
        self._fixed = every
        self._last: float | None = None
        self._busy = 0.0
        self._interval = MeanDuration(_RECENT)
        self._model = MeanDuration(_RECENT_RUN)
        self._carry = MeanDuration(_RECENT)

    @property
    def every(self) -> int:
        """Frames of a face from one run of the model to the next; 1 means every frame."""
        if self._fixed is not None:
            return self._fixed
        if not self._interval.is_known:
            return 1
        budget = _SHARE * self._interval.seconds
        return affordable_every(budget, self._model.seconds, self._carry.seconds, _MOST)

    def note_face(self, now: float) -> None:
        """Note that a face arrived, at a time in seconds.

        If enhancing itself keeps the next face waiting, this measures its own time. That exceeds
        its share, so the model runs less often until other stages set the rate.
        """
        gap = None if self._last is None else now - self._last
        self._last = now
        if gap is not None and gap - self._busy <= _PAUSE:
            self._interval.add(gap)

    def note_model(self, seconds: float) -> None:
        """Note how long a run of the model, with all work around it, took for a face."""
        self._busy = seconds
        self._model.add(seconds)

    def note_carry(self, seconds: float) -> None:
        """Note how long it took to carry over detail for a face."""
        self._busy = seconds
        self._carry.add(seconds)

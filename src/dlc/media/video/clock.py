"""Presentation times of the output."""

from __future__ import annotations

from fractions import Fraction


class OutputClock:
    """Turns input times into output times that rise strictly.

    Attributes:
        worst_error: the largest difference made by rounding so far, in seconds.
    """

    def __init__(self, source: Fraction, target: Fraction, shift: Fraction) -> None:
        """Set the units.

        Args:
            source: the input's time base.
            target: the output's time base.
            shift: the input time in seconds that becomes 0.
        """
        self._source = source
        self._target = target
        self._shift = shift
        self._last: int | None = None
        self.worst_error = 0.0

    def stamp(self, pts: int) -> int:
        """Return the output time of a frame, in units of the output's time base."""
        exact = (pts * self._source - self._shift) / self._target
        stamp = nearest(exact)
        if self._last is not None and stamp <= self._last:
            stamp = self._last + 1
        self._last = stamp
        self.worst_error = max(self.worst_error, float(abs(stamp - exact) * self._target))
        return stamp

    def span(self, duration: int) -> int:
        """Return a duration in units of the output's time base."""
        return nearest(duration * self._source / self._target)


def nearest(value: Fraction) -> int:
    """Return the nearest whole number, halves upwards."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)

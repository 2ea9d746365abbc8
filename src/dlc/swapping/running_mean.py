"""Running means over the frames of a track."""

from __future__ import annotations

from typing import Generic, TypeVar

from dlc.arrays import Floats

Value = TypeVar("Value", float, Floats)


class RunningMean(Generic[Value]):
    """A plain mean of the first values, then one in which old values fade.

    Without the plain mean, a track's first frame would dominate for long, however atypical.
    """

    def __init__(self, rate: float) -> None:
        """Start without any memory; a new value never counts less than `rate` of the mean."""
        self._rate = rate
        self._count = 0
        self._mean: Value | None = None

    @property
    def value(self) -> Value | None:
        """The mean so far; None before the first value."""
        return self._mean

    def update(self, value: Value) -> Value:
        """Add a value and return the mean; if arrays, neither may be modified afterwards."""
        self._count += 1
        if self._mean is None:
            self._mean = value
        else:
            self._mean = self._mean + (value - self._mean) * max(1 / self._count, self._rate)
        return self._mean

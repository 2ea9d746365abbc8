"""Averages over the frames of a track."""

from __future__ import annotations

from typing import Generic, TypeVar

from dlc.compositing.arrays import Floats

Value = TypeVar("Value", float, Floats)


class RunningMean(Generic[Value]):
    """The plain mean of the first values, then one in which old values fade.

    Without the plain mean a track's first frame, however untypical, would dominate for long.
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
        """Take a value in and return the mean; neither may be changed afterwards, if arrays."""
        self._count += 1
        if self._mean is None:
            self._mean = value
        else:
            self._mean = self._mean + (value - self._mean) * max(1 / self._count, self._rate)
        return self._mean

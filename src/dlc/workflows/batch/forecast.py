"""When a run over several targets will end."""

from __future__ import annotations

import time

from dlc.workflows.progress import Progress


class Forecast:
    """Forecasts the end of a run by how long its first targets took, failed ones included."""

    def __init__(self, count: int) -> None:
        """Begin now with `count` targets to process."""
        self._count = count
        self._finished = 0
        self._began = self._last = time.perf_counter()

    def finish_one(self) -> None:
        """Note that a target is finished."""
        self._finished += 1
        self._last = time.perf_counter()

    def seconds_left(self, current: Progress) -> float | None:
        """Return the estimated time to the end; None before the first target is finished.

        Args:
            current: how far the target has come that is being processed.
        """
        if not self._finished:
            return None
        each = (self._last - self._began) / self._finished
        return each * (self._count - self._finished - 1) + (current.seconds_left or 0.0)

"""When a live run is over, other than by the end of its source."""

from __future__ import annotations

import math
import time

from dlc.pipeline import CancelToken


class LiveStop(CancelToken):
    """Set once a number of seconds is over, once another token is set, or on its own."""

    def __init__(self, outer: CancelToken) -> None:
        """Watch `outer`; there is no end in time before `limit` is called."""
        super().__init__()
        self._outer = outer
        self._end = math.inf

    @property
    def is_set(self) -> bool:
        """Whether the run is to end."""
        return super().is_set or self._outer.is_set or self.is_over

    @property
    def is_over(self) -> bool:
        """Whether it has lasted as long as it was to last."""
        return time.perf_counter() >= self._end

    def limit(self, seconds: float | None) -> None:
        """End the run some seconds from now; None leaves it without an end."""
        if seconds is not None:
            self._end = time.perf_counter() + seconds

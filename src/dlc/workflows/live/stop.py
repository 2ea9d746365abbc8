"""Ends a live run before its source does."""

from __future__ import annotations

import math
import time

from dlc.pipeline import CancelToken


class LiveStop(CancelToken):
    """A token that is set directly, by another token, or after a number of seconds."""

    def __init__(self, outer: CancelToken) -> None:
        """Watch `outer`; there is no time limit until `limit` is called."""
        super().__init__()
        self._outer = outer
        self._end = math.inf

    @property
    def is_set(self) -> bool:
        """Whether the run should end."""
        return super().is_set or self._outer.is_set or self.is_over

    @property
    def is_over(self) -> bool:
        """Whether the time limit is reached."""
        return time.perf_counter() >= self._end

    def limit(self, seconds: float | None) -> None:
        """End the run in this many seconds; None sets no limit."""
        if seconds is not None:
            self._end = time.perf_counter() + seconds

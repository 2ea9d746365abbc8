"""The clock that live sources go by, and the one way in which they wait."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

# A request to stop is noticed this soon, in seconds.
_NAP = 0.05


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class LiveClock:
    """Tells the time and waits, until it is told to stop.

    Attributes:
        now: seconds since an arbitrary moment; never goes back.
        sleep: waits for a number of seconds.
        is_stopped: whether the run was asked to stop, after which nothing waits any longer.
    """

    now: Callable[[], float] = time.perf_counter
    sleep: Callable[[float], None] = time.sleep
    is_stopped: Callable[[], bool] = _never

    def wait_until(self, moment: float) -> bool:
        """Wait until `now` is `moment`; return False if the run was asked to stop meanwhile."""
        while not self.is_stopped():
            left = moment - self.now()
            if left <= 0:
                return True
            self.sleep(min(left, _NAP))
        return False

    def wait(self, seconds: float) -> bool:
        """Wait for some time; return False if the run was asked to stop meanwhile."""
        return self.wait_until(self.now() + seconds)

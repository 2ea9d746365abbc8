"""A step of a live pipeline that starts its next item just in time for the step after it."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from dlc.pipeline.channel import Channel, Closed

# Weight of the newest duration in the running mean.
_RECENT = 0.2
# Seconds after which a forecast is always renewed.
_LONGEST_WAIT = 0.05


class Station:
    """Feeds one stage, and predicts when it will take its next item.

    If every step took an item as soon as it could, each item would wait in front of the slowest
    step for as long as that step takes. So a step takes its next item only if the following step is
    expected to be free by the time it is done. Steps still overlap, and no work is wasted.

    Args:
        function: the stage's function.
        inbox: source of its items.
        following: the step after it, if any.
        moved: shared by all stations of a pipeline; notified when one begins or ends an item.
    """

    def __init__(
        self,
        function: Callable[[Any], Any],
        inbox: Channel[Any],
        following: Station | None,
        moved: threading.Condition,
    ) -> None:
        self._function = function
        self._inbox = inbox
        self._following = following
        self._moved = moved
        self._began: float | None = None
        self._usual: float | None = None

    def __call__(self, item: Any) -> Any:
        """Run the stage on an item and time it."""
        began = time.perf_counter()
        self._note(began)
        try:
            return self._function(item)
        finally:
            seconds = time.perf_counter() - began
            known = self._usual
            self._usual = seconds if known is None else known + _RECENT * (seconds - known)
            self._note(None)

    def __iter__(self) -> Iterator[Any]:
        """Yield the inbox's items, each taken just in time for its result to be wanted."""
        while True:
            self._wait_until_wanted()
            try:
                item = self._inbox.get()
            except Closed:
                return
            yield item

    def abandon(self) -> None:
        """Take no more items."""
        self._inbox.abandon()

    def next_start(self, now: float) -> float:
        """Predict when an item that has not arrived yet could be started.

        Args:
            now: the current time, in seconds of `time.perf_counter`.
        """
        usual, began, waiting = self._usual, self._began, len(self._inbox)
        if usual is None:
            # Nothing is known before the first item is done.
            return now if began is None and not waiting else math.inf
        free = now if began is None else max(now, began + usual)
        if self._following is not None:
            free = max(free, self._following.next_start(now) - usual)
        return free + usual * waiting

    def _wait_until_wanted(self) -> None:
        """Wait for the time to start the next item."""
        following, usual = self._following, self._usual or 0.0
        if following is None:
            return
        with self._moved:
            while True:
                now = time.perf_counter()
                wait = following.next_start(now) - usual - now
                if wait <= 0:
                    return
                self._moved.wait(min(wait, _LONGEST_WAIT))

    def _note(self, began: float | None) -> None:
        with self._moved:
            self._began = began
            self._moved.notify_all()

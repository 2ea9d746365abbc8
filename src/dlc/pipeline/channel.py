"""A bounded queue between two threads that either end can close."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Closed(Exception):  # noqa: N818 - the ordinary end of a channel, not a fault
    """Nothing more will come out of the channel."""


class Channel(Generic[T]):
    """Carries items in order from one thread to another, holding at most `capacity` of them.

    `queue.Queue` cannot tell a blocked thread that the other end has gone (`shutdown` came with
    Python 3.13), and without that a pipeline cannot be stopped without polling.
    """

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._items: deque[T] = deque()
        self._finished = False
        self._abandoned = False
        self._changed = threading.Condition()

    def put(self, item: T) -> bool:
        """Add an item, waiting for room; return False if it will never be read."""
        with self._changed:
            self._changed.wait_for(lambda: self._abandoned or len(self._items) < self._capacity)
            if self._abandoned:
                return False
            self._items.append(item)
            self._changed.notify_all()
            return True

    def get(self, timeout: float | None = None) -> T:
        """Take the oldest item, waiting for one.

        Args:
            timeout: maximum seconds to wait; None waits indefinitely.

        Raises:
            Closed: the writer has finished and everything was taken, or the reader gave up.
            TimeoutError: nothing came in time.
        """
        with self._changed:
            ready = self._changed.wait_for(
                lambda: self._abandoned or self._finished or self._items, timeout
            )
            if not ready:
                raise TimeoutError
            if self._abandoned or not self._items:
                raise Closed
            item = self._items.popleft()
            self._changed.notify_all()
            return item

    def __iter__(self) -> Iterator[T]:
        """Yield items until the channel is closed from either end."""
        while True:
            try:
                item = self.get()
            except Closed:
                return
            yield item

    def __len__(self) -> int:
        """Return the number of waiting items."""
        return len(self._items)

    def finish(self) -> None:
        """Declare that no more items will be put; waiting ones can still be taken."""
        with self._changed:
            self._finished = True
            self._changed.notify_all()

    def abandon(self) -> None:
        """Drop all waiting items and wake both ends: nothing more will be read."""
        with self._changed:
            self._abandoned = True
            self._items.clear()
            self._changed.notify_all()

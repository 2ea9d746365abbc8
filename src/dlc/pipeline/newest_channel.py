"""A queue for live items: whoever puts never waits, and what is too old is dropped."""

from __future__ import annotations

from typing import TypeVar

from dlc.pipeline.channel import Channel

T = TypeVar("T")


class NewestChannel(Channel[T]):
    """A channel that drops its oldest item when it is full.

    Attributes:
        dropped: how many items were put and never taken.
    """

    def __init__(self, capacity: int = 1) -> None:
        super().__init__(capacity)
        self.dropped = 0

    def put(self, item: T) -> bool:
        """Add an item without waiting; return False if nobody will ever read it."""
        with self._changed:
            if self._abandoned:
                return False
            if len(self._items) == self._capacity:
                self._items.popleft()
                self.dropped += 1
            self._items.append(item)
            self._changed.notify_all()
            return True

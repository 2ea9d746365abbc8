"""A queue for live items: putting never blocks, and items that are too old are dropped."""

from __future__ import annotations

from typing import TypeVar

from dlc.pipeline.channel import Channel

T = TypeVar("T")


class NewestChannel(Channel[T]):
    """A channel that drops its oldest item when it is full.

    Attributes:
        dropped: number of items put but never taken.
    """

    def __init__(self, capacity: int = 1) -> None:
        super().__init__(capacity)
        self.dropped = 0

    def put(self, item: T) -> bool:
        """Add an item without waiting; return False if it will never be read."""
        with self._changed:
            if self._abandoned:
                return False
            if len(self._items) == self._capacity:
                self._items.popleft()
                self.dropped += 1
            self._items.append(item)
            self._changed.notify_all()
            return True

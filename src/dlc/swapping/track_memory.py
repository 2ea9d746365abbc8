"""What is remembered about target faces from frame to frame, by track id."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

# Number of tracks remembered at once; the one unseen the longest is dropped.
_CAPACITY = 32

State = TypeVar("State")


class TrackMemory(Generic[State]):
    """One state per track, created when the track is first seen."""

    def __init__(self, new: Callable[[], State]) -> None:
        """Start without any track; `new` creates the state of an unknown one."""
        self._new = new
        self._states: OrderedDict[int, State] = OrderedDict()

    def recall(self, track_id: int) -> State:
        """Return a track's state; a fresh one for a new track or a face without an id."""
        if track_id < 0:
            return self._new()
        state = self._states.get(track_id)
        if state is None:
            state = self._states[track_id] = self._new()
        self._states.move_to_end(track_id)
        if len(self._states) > _CAPACITY:
            self._states.popitem(last=False)
        return state

    def clear(self) -> None:
        """Forget everything."""
        self._states.clear()

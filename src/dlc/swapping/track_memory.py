"""What is remembered about target faces from frame to frame, by track id."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

# Number of tracks remembered at once; the one unseen the longest is dropped.
_CAPACITY = 32
# Recalls of other tracks after which one is dropped: 17 seconds of a single face at 30 frames a
# second. It is over by then, as every shot of a film begins new ones, or its face looks away.
_PATIENCE = 500

State = TypeVar("State")


class TrackMemory(Generic[State]):
    """One state per track, created when the track is first seen."""

    def __init__(self, new: Callable[[], State]) -> None:
        """Start without any track; `new` creates the state of an unknown one."""
        self._new = new
        # Each with the number of its last recall; the one unseen the longest comes first.
        self._states: OrderedDict[int, tuple[State, int]] = OrderedDict()
        self._recalls = 0

    def recall(self, track_id: int) -> State:
        """Return a track's state; a fresh one for a new track or a face without an id."""
        if track_id < 0:
            return self._new()
        self._recalls += 1
        known = self._states.pop(track_id, None)
        state = self._new() if known is None else known[0]
        self._states[track_id] = (state, self._recalls)
        self._forget_the_unseen()
        return state

    def clear(self) -> None:
        """Forget everything."""
        self._states.clear()

    def _forget_the_unseen(self) -> None:
        while True:
            track_id, (_, recalled) = next(iter(self._states.items()))
            if len(self._states) <= _CAPACITY and self._recalls - recalled <= _PATIENCE:
                return
            del self._states[track_id]

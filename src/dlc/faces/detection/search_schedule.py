"""Decides which frames are searched for new faces."""

from __future__ import annotations

from enum import Enum


class Search(Enum):
    """How thoroughly a frame is searched."""

    NONE = "none"
    WHOLE = "whole"
    TILED = "tiled"
    THOROUGH = "thorough"
    """In tiles, because nothing is known of the frame."""


class SearchSchedule:
    """Searches every few frames, thoroughly every few searches, and at once on demand."""

    def __init__(self, interval: int, tiled_every: int) -> None:
        """Search every `interval` frames, in tiles every `tiled_every` searches."""
        self._interval = interval
        self._tiled_every = tiled_every
        self.hurry()

    def hurry(self, *, thoroughly: bool = True) -> None:
        """Make the next search due now, and thorough on request."""
        self._frames_left = 0
        if thoroughly:
            self._searches_left = 0
            self._hurried = True

    def next(self, *, idle: bool) -> Search:
        """Return the search for the next frame; an idle tracker, with no faces, always searches."""
        if self._frames_left and not idle:
            self._frames_left -= 1
            return Search.NONE
        self._frames_left = self._interval - 1
        if self._searches_left:
            self._searches_left -= 1
            return Search.WHOLE
        self._searches_left = self._tiled_every - 1
        hurried, self._hurried = self._hurried, False
        return Search.THOROUGH if hurried else Search.TILED

"""Decides which frames are searched for new faces."""

from __future__ import annotations

from enum import Enum


class Search(Enum):
    """How thoroughly a frame is searched."""

    NONE = "none"
    WHOLE = "whole"
    TILED = "tiled"


class SearchSchedule:
    """A search every few frames, a thorough one every few searches, either at once on demand."""

    def __init__(self, interval: int, tiled_every: int) -> None:
        """Search every `interval` frames, in tiles every `tiled_every` searches."""
        self._interval = interval
        self._tiled_every = tiled_every
        self.hurry()

    def hurry(self, *, thoroughly: bool = True) -> None:
        """Make the next search due now, and a thorough one if told so."""
        self._frames_left = 0
        if thoroughly:
            self._searches_left = 0

    def next(self, *, idle: bool) -> Search:
        """Return the search of the next frame; an idle tracker, without faces, searches always."""
        if self._frames_left and not idle:
            self._frames_left -= 1
            return Search.NONE
        self._frames_left = self._interval - 1
        if self._searches_left:
            self._searches_left -= 1
            return Search.WHOLE
        self._searches_left = self._tiled_every - 1
        return Search.TILED

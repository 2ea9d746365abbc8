"""Matches a frame's faces to those of the frame before by their places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dlc.faces.face import Face
from dlc.faces.matching import paired_boxes

# A face that moves by a third of its width from one frame to the next still overlaps this much.
_SAME_FACE = 0.35


class TrackIds:
    """Assigns ids to the faces of consecutive frames; no id is used for two faces."""

    def __init__(self) -> None:
        """Start with no history."""
        self._last: list[Face] = []
        self._next = 0

    def forget(self) -> None:
        """End all tracks: the next frame's faces get new ids."""
        self._last = []

    def assign(self, faces: Sequence[Face]) -> list[Face]:
        """Return the next frame's faces with ids, in the same order.

        Old and new faces are paired by largest overlap.
        """
        boxes, before = ([face.box for face in each] for each in (faces, self._last))
        known = paired_boxes(boxes, before, _SAME_FACE)
        ids = {number: self._last[place].track_id for number, place in known.items()}
        self._last = [
            replace(face, track_id=ids[number] if number in ids else self._new())
            for number, face in enumerate(faces)
        ]
        return list(self._last)

    def follow(self, faces: Sequence[Face]) -> None:
        """Record where the last frame's faces, with their ids, are now."""
        self._last = list(faces)

    def _new(self) -> int:
        self._next += 1
        return self._next - 1

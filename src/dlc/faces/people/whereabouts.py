"""Who was where: the state handed on from one part of a video to the next."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dlc.faces.face import Face
from dlc.faces.matching import paired_boxes

# Boxes of one face found by two trackers in the same frame overlap at least this much.
_SAME_FACE = 0.35

# A face in a frame: its box, and whose face it is; None for none of the requested people.
Spotted = tuple[Sequence[float], int | None]


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where everybody was at the end of a part, in plain JSON-compatible values.

    Attributes:
        places: the people seen so far, each with the last center of their face, x and y in pixels;
            empty if people are not told apart by place.
        frames: the last frames, each with its time in seconds and its faces.
    """

    places: Sequence[tuple[int, Sequence[float]]] = ()
    frames: Sequence[tuple[float, Sequence[Spotted]]] = ()


class FrameLog:
    """Remembers who was where in the last frames, and recalls it when they come again."""

    def __init__(
        self, before: Sequence[tuple[float, Sequence[Spotted]]] = (), seconds: float = 0.0
    ) -> None:
        """Start a log.

        Args:
            before: frames that may come again, as in `Whereabouts`.
            seconds: how long to keep frames.
        """
        self._told = dict(before)
        self._seconds = seconds
        self._frames: deque[tuple[float, tuple[Spotted, ...]]] = deque()

    @property
    def frames(self) -> tuple[tuple[float, tuple[Spotted, ...]], ...]:
        """The frames that are kept."""
        return tuple(self._frames)

    def told(self, time: float, faces: Sequence[Face]) -> list[int | None] | None:
        """Return who the faces in a frame are if it has come before, otherwise None."""
        before = self._told.get(time)
        return None if before is None else _same_people(faces, before)

    def note(self, time: float, faces: Sequence[Face], persons: Sequence[int | None]) -> None:
        """Record who is where in the next frame."""
        self._frames.append((time, _spotted(faces, persons)))
        while not time - self._seconds <= self._frames[0][0] <= time:
            self._frames.popleft()


def _spotted(faces: Sequence[Face], persons: Sequence[int | None]) -> tuple[Spotted, ...]:
    return tuple(
        (tuple(map(float, face.box)), person) for face, person in zip(faces, persons, strict=True)
    )


def _same_people(faces: Sequence[Face], before: Sequence[Spotted]) -> list[int | None]:
    """Return who each face in a frame is, as recorded for the same frame before.

    Faces are paired by largest overlap; a face without a partner is nobody.
    """
    boxes = [np.asarray(box, np.float32) for box, _ in before]
    partners = paired_boxes([face.box for face in faces], boxes, _SAME_FACE)
    return [
        before[partners[number]][1] if number in partners else None for number in range(len(faces))
    ]

"""Who was where: what is handed on from the end of a part of a video to the next one."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dlc.faces.face import Face
from dlc.faces.tracking.overlap import overlap

# Boxes of one face that two trackers found in one frame overlap at least this much.
_SAME_FACE = 0.35

# A face of a frame: its box, and whose face it is, None for nobody that was asked for.
Spotted = tuple[Sequence[float], int | None]


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where everybody was at the end of a part; all of it is as plain as JSON.

    Attributes:
        places: people that were seen so far, and the center of their face when they last were, x
            and y in pixels; none where nobody is looked for by place.
        frames: the last frames: time in seconds, and the faces in it.
    """

    places: Sequence[tuple[int, Sequence[float]]] = ()
    frames: Sequence[tuple[float, Sequence[Spotted]]] = ()


class FrameLog:
    """Keeps who was where in the last frames, and knows it of frames that are shown again."""

    def __init__(
        self, before: Sequence[tuple[float, Sequence[Spotted]]] = (), seconds: float = 0.0
    ) -> None:
        """Begin.

        Args:
            before: frames that may be shown again, as in `Whereabouts`.
            seconds: for how long frames are kept.
        """
        self._told = dict(before)
        self._seconds = seconds
        self._frames: deque[tuple[float, tuple[Spotted, ...]]] = deque()

    @property
    def frames(self) -> tuple[tuple[float, tuple[Spotted, ...]], ...]:
        """The frames that are kept."""
        return tuple(self._frames)

    def told(self, time: float, faces: Sequence[Face]) -> list[int | None] | None:
        """Return who the faces of a frame are if it is shown again, and otherwise None."""
        before = self._told.get(time)
        return None if before is None else _same_people(faces, before)

    def note(self, time: float, faces: Sequence[Face], persons: Sequence[int | None]) -> None:
        """Take in who is where in the next frame."""
        self._frames.append((time, _spotted(faces, persons)))
        while not time - self._seconds <= self._frames[0][0] <= time:
            self._frames.popleft()


def _spotted(faces: Sequence[Face], persons: Sequence[int | None]) -> tuple[Spotted, ...]:
    return tuple(
        (tuple(map(float, face.box)), person) for face, person in zip(faces, persons, strict=True)
    )


def _same_people(faces: Sequence[Face], before: Sequence[Spotted]) -> list[int | None]:
    """Return for each face of a frame who it is, as was told of the same frame before.

    The pairs that overlap most are taken to be one face each; a face without one is nobody.
    """
    pairs = sorted(
        (
            (overlap(face.box, np.asarray(box, np.float32)), number, known)
            for number, face in enumerate(faces)
            for known, (box, _) in enumerate(before)
        ),
        reverse=True,
    )
    partners: dict[int, int] = {}
    for share, number, known in pairs:
        if share >= _SAME_FACE and number not in partners and known not in partners.values():
            partners[number] = known
    return [
        before[partners[number]][1] if number in partners else None for number in range(len(faces))
    ]

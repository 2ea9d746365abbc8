"""Who was where: what is handed on from the end of a part of a video to the next one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dlc.faces.face import Face
from dlc.faces.overlap import overlap

# Boxes of one face that two trackers found in one frame overlap at least this much.
_SAME_FACE = 0.35

# A face of a frame: its box, and whose face it is, None for nobody that was asked for.
Spotted = tuple[Sequence[float], int | None]


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where everybody was at the end of a part; all of it is as plain as JSON.

    Attributes:
        places: each person that was seen so far, and the center of their face when they last were,
            x and y in pixels.
        frames: the last frames: time in seconds, and the faces in it.
    """

    places: Sequence[tuple[int, Sequence[float]]] = ()
    frames: Sequence[tuple[float, Sequence[Spotted]]] = ()


def spotted(faces: Sequence[Face], persons: Sequence[int | None]) -> tuple[Spotted, ...]:
    """Return what is to be handed on of a frame."""
    return tuple(
        (tuple(map(float, face.box)), person) for face, person in zip(faces, persons, strict=True)
    )


def same_people(faces: Sequence[Face], before: Sequence[Spotted]) -> list[int | None]:
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

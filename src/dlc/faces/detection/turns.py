"""Finds faces however they are tilted, by searching a picture in quarter turns."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from dlc.arrays import Image, Points
from dlc.faces.detection.detector import SAME_FACE_INSIDE, SAME_FACE_IOU
from dlc.faces.face import Face
from dlc.faces.overlap import overlap, share_inside

# Quarter turns of the picture, counterclockwise.
TURNS = range(4)
# In one of the turns a face is tilted by at most 45 degrees, or a little more as detectors see it.
_UPRIGHT = math.radians(50)


def detect_in_turns(bgr: Image, detect: Callable[[Image, int], list[Face]]) -> list[list[Face]]:
    """Find the faces of a picture in all turns of it.

    Detectors see a lying or hanging head too, but less surely, and are wrong about where its eyes
    are. So of what overlaps, the best face is one that is upright in its turn, and among these the
    one with the highest score.

    Args:
        bgr: uint8 (h, w, 3), upright.
        detect: called with the picture after some quarter turns counterclockwise, and their number,
            0 to 3; returns the faces in it.

    Returns:
        Of each face what was found in the turns that show it, in pixels of `bgr`, best first.
    """
    found = [seen for turns in TURNS for seen in _seen(bgr, turns, detect)]
    found.sort(key=lambda seen: (seen.lies, -seen.face.score))
    groups: list[list[_Seen]] = []
    for seen in found:
        same = (group for group in groups if _same(group[0], seen))
        group = next(same, None)
        if group is None:
            groups.append([seen])
        else:
            group.append(seen)
    return [[seen.face for seen in group] for group in groups]


def lies(face: Face) -> bool:
    """Return whether a face's eyes are above each other rather than side by side, or swapped."""
    return abs(face.roll) > _UPRIGHT


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """A face in pixels of the original picture, and how it was in the turned one."""

    face: Face
    turns: int
    lies: bool


def _seen(bgr: Image, turns: int, detect: Callable[[Image, int], list[Face]]) -> list[_Seen]:
    height, width = bgr.shape[:2]
    faces = detect(np.ascontiguousarray(np.rot90(bgr, turns)), turns)
    return [_Seen(_turned_back(face, turns, width, height), turns, lies(face)) for face in faces]


def _same(best: _Seen, other: _Seen) -> bool:
    """Return whether two turns show one face; what one turn shows apart are two."""
    return best.turns != other.turns and (
        overlap(best.face.box, other.face.box) > SAME_FACE_IOU
        or share_inside(other.face.box, best.face.box) > SAME_FACE_INSIDE
    )


def _turned_back(face: Face, turns: int, width: int, height: int) -> Face:
    """Return a face, found in a turned picture, in pixels of the original of the given size."""
    corners = _back(face.box.reshape(2, 2), turns, width, height)
    box = np.concatenate([corners.min(axis=0), corners.max(axis=0)])
    return replace(face, box=box, points=_back(face.points, turns, width, height))


def _back(points: Points, turns: int, width: int, height: int) -> Points:
    x, y = points[:, 0], points[:, 1]
    columns = {0: x, 1: width - 1 - y, 2: width - 1 - x, 3: y}[turns]
    rows = {0: y, 1: x, 2: height - 1 - y, 3: height - 1 - x}[turns]
    return np.stack([columns, rows], axis=1).astype(np.float32)

"""Finds faces that lie on their side or are upside down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from dlc.faces.face import Face

Image = NDArray[np.uint8]
Points = NDArray[np.float32]

# Quarter turns of the picture, counterclockwise; heads that lie are more frequent than those that
# hang.
_TURNS = (1, 3, 2)


class TiltedDetector:
    """Turns a picture in which no face is upright, and looks again.

    Detectors are sure of heads that are tilted by up to 45 degrees; with quarter turns that is all
    of them. A picture without faces costs four detections, one with upright ones a single one.
    """

    def __init__(self, detect: Callable[[Image], list[Face]]) -> None:
        """Use a detector's function, from uint8 (h, w, 3) BGR to faces, best first."""
        self._detect = detect
        self._last = 0

    def detect(self, bgr: Image) -> list[Face]:
        """Find faces, best first; those of the turn that shows the best of them.

        What was tilted in the picture before is looked for as it was there, first of all turns.
        """
        faces = self._detect(bgr)
        if faces and not any(map(_lies, faces)):
            return faces
        # Lying faces are found without a turn now and then, with points that are far off.
        found = {0: faces}
        if self._last:
            found[self._last] = self._turned(bgr, self._last)
            if _best(found[self._last]) > _best(faces):
                return found[self._last]
        found |= {turns: self._turned(bgr, turns) for turns in _TURNS if turns not in found}
        self._last = max(found, key=lambda turns: _best(found[turns]))
        return found[self._last]

    def _turned(self, bgr: Image, turns: int) -> list[Face]:
        """Find faces in the picture after some quarter turns; return them in its own pixels."""
        faces = self._detect(np.ascontiguousarray(np.rot90(bgr, turns)))
        height, width = bgr.shape[:2]
        return [_turned_back(face, turns, width, height) for face in faces]


def _lies(face: Face) -> bool:
    """Tell whether a face's eyes lie rather above each other than side by side, or exchanged."""
    across = face.points[1] - face.points[0]
    return bool(across[0] <= abs(across[1]))


def _best(faces: list[Face]) -> float:
    return faces[0].score if faces else 0.0


def _turned_back(face: Face, turns: int, width: int, height: int) -> Face:
    """Return a face in the pixels of a picture of the given size, of which it saw a turned one."""
    corners = _back(face.box.reshape(2, 2), turns, width, height)
    box = np.concatenate([corners.min(axis=0), corners.max(axis=0)])
    return replace(face, box=box, points=_back(face.points, turns, width, height))


def _back(points: Points, turns: int, width: int, height: int) -> Points:
    x, y = points[:, 0], points[:, 1]
    columns = {1: width - 1 - y, 2: width - 1 - x, 3: y}[turns]
    rows = {1: x, 2: height - 1 - y, 3: height - 1 - x}[turns]
    return np.stack([columns, rows], axis=1).astype(np.float32)

"""Finds faces that lie on their side or are upside down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from dlc.arrays import Image, Points
from dlc.faces.face import Face

# Quarter turns of the picture, counterclockwise; heads lying down are more frequent than hanging
# ones.
_TURNS = (1, 3, 2)
# Faces with this score that seem upright really are. Measured with two SCRFDs on heads that fill a
# picture: 0.74 to 0.88 for upright ones, and up to 0.73 for hanging ones, whose points are far off.
_SURE = 0.75


class TiltedDetector:
    """Turns a picture and searches again unless a face in it is clearly upright.

    Detectors are sure of heads tilted by up to 45 degrees, so quarter turns cover all angles. Among
    two upright faces and a lying one, only the upright two are found. A picture without faces costs
    four detections, one with upright faces usually one.
    """

    def __init__(self, detect: Callable[[Image], list[Face]]) -> None:
        """Use a detector's function, from uint8 (h, w, 3) BGR to faces, best first."""
        self._detect = detect
        self._last = 0

    def detect(self, bgr: Image) -> list[Face]:
        """Find faces, best first, in the first turn that clearly shows one, or else the best turn.

        The turn that suited the previous picture is tried first.
        """
        found = {}
        for turns in dict.fromkeys((0, self._last, *_TURNS)):
            found[turns] = self._turned(bgr, turns)
            if _merit(found[turns]) >= _SURE:
                break
        chosen = max(found, key=lambda turns: _merit(found[turns]))
        if chosen:
            self._last = chosen
        return [back for _, back in found[chosen]]

    def _turned(self, bgr: Image, turns: int) -> list[tuple[Face, Face]]:
        """Find faces in the picture after some quarter turns.

        Returns:
            Each face in pixels of the turned picture, and of the original one.
        """
        height, width = bgr.shape[:2]
        faces = self._detect(np.ascontiguousarray(np.rot90(bgr, turns)))
        return [(face, _turned_back(face, turns, width, height)) for face in faces]


def _merit(faces: list[tuple[Face, Face]]) -> float:
    """Return the score of the best face, below 0 if it is not upright in the turned picture."""
    if not faces:
        return -1.0
    best, _ = faces[0]
    return best.score - 1 if _lies(best) else best.score


def _lies(face: Face) -> bool:
    """Return whether a face's eyes are above each other rather than side by side, or swapped."""
    across = face.points[1] - face.points[0]
    return bool(across[0] <= abs(across[1]))


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

"""Notices when a video's picture does not continue the one before."""

from __future__ import annotations

import math

import cv2
import numpy as np

from dlc.arrays import Floats
from dlc.faces.pixels import TrackableFrame

_SIDE = 32
# Pictures that differ this much (1 - correlation) are different scenes, whatever came before. Cuts
# in edited footage measure 0.74 and up, fast camera moves and gestures up to 0.35.
_CERTAIN = 0.5
# A cut between similar shots differs less, but stands out from the frames before it. Motion builds
# up over several frames, and is remembered for a few after it ends.
_LIKELY = 0.12
_STANDS_OUT = 6.0
_MEMORY = 0.9
# Noise variance, so that two nearly black pictures count as alike.
_NOISE = 16.0


class SceneCutDetector:
    """Compares each picture with the one before, by the correlation of tiny gray copies.

    Correlation ignores brightness and contrast, so flashes and fades are not cuts.
    """

    def __init__(self) -> None:
        """Start with no history: the first picture is not a cut."""
        self._last: Floats | None = None
        self._usual: float | None = None

    def is_cut(self, frame: TrackableFrame) -> bool:
        """Return whether a new scene begins with the next frame."""
        small = cv2.resize(frame.thumbnail(2 * _SIDE), (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
        gray = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY).astype(np.float32)
        gray -= gray.mean()
        last, self._last = self._last, gray
        if last is None:
            return False
        change, usual = _change(last, gray), self._usual
        if change > _CERTAIN:
            self._usual = None
            return True
        self._usual = change if usual is None else max(change, _MEMORY * usual)
        return usual is not None and change > max(_LIKELY, _STANDS_OUT * usual)


def _change(a: Floats, b: Floats) -> float:
    """Return 0 for pictures equal up to brightness and contrast, 1 for unrelated ones."""
    common = float((a * b).mean()) + _NOISE
    spread = (float((a * a).mean()) + _NOISE) * (float((b * b).mean()) + _NOISE)
    return 1 - common / math.sqrt(spread)

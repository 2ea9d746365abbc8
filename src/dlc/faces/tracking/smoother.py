"""Smooths boxes and points that are found anew in every frame."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from dlc.faces.face import Face
from dlc.faces.tracking.one_euro import OneEuroFilter, OneEuroOptions

# How much stronger than usual the strongest smoothing is, and how much weaker the weakest.
_RANGE = 9.0


def smoothing_options(strength: float) -> OneEuroOptions:
    """Return how to smooth.

    Args:
        strength: 0 leaves everything as it is; 0.5 is the usual smoothing of landmarks; 1 is
            steadiest, but lags behind fast motion.
    """
    usual = OneEuroOptions()
    if strength == 0:
        return replace(usual, min_cutoff=math.inf)
    factor = _RANGE ** (1 - 2 * strength)
    return replace(usual, min_cutoff=usual.min_cutoff * factor, beta=usual.beta * factor)


class FaceSmoother:
    """Filters the box and points of every track; the unit of distance is the face's width."""

    def __init__(self, options: OneEuroOptions) -> None:
        """Start with no history."""
        self._options = options
        self._filters: dict[int, OneEuroFilter] = {}

    def reset(self) -> None:
        """Forget all tracks."""
        self._filters.clear()

    def smooth(self, faces: Sequence[Face], time: float) -> list[Face]:
        """Return the faces of the next frame with box and points smoothed.

        Args:
            faces: with their track ids. A track that is not among them has ended.
            time: time of the frame in seconds, later than in the previous call.
        """
        self._filters = {
            face.track_id: self._filters.get(face.track_id) or OneEuroFilter(self._options)
            for face in faces
        }
        return [self._smoothed(face, time) for face in faces]

    def _smoothed(self, face: Face, time: float) -> Face:
        found = np.concatenate([face.box.reshape(2, 2), face.points]).astype(np.float32)
        width = max(float(face.box[2] - face.box[0]), 1.0)
        steady = self._filters[face.track_id](found, time, width)
        return replace(face, box=steady[:2].reshape(4), points=steady[2:])

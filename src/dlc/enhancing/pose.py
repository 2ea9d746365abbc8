"""How far a head has turned, measured from five points."""

from __future__ import annotations

import numpy as np

from dlc.arrays import Doubles, Points
from dlc.faces.crop import Square

# The nose sticks out of the face, so it moves relative to the other points as the head turns or
# nods: by about 0.0034 of the square's side per degree. Measured on four recordings against the
# pose of the face mesh (correlation 0.93).
_SIDES_PER_DEGREE = 0.0034
_NOSE = 2


def nose_place(points: Points, square: Square) -> Doubles:
    """Return where the nose tip is, relative to the middle of eyes and mouth.

    Moving, scaling or tilting a face does not change it; turning or nodding the head does.

    Args:
        points: float32 (5, 2) as in `Face.points`.
        square: the face's square, from `ffhq_square`.

    Returns:
        float64 (2,), in sides of the square.
    """
    placed = points @ square.matrix(1)[:, :2].T
    others = np.delete(placed, _NOSE, axis=0).mean(axis=0)
    return np.asarray(placed[_NOSE] - others, np.float64)


def turn_degrees(place: Doubles, other: Doubles) -> float:
    """Return roughly how many degrees a head turned between two places of the nose."""
    return float(np.linalg.norm(place - other)) / _SIDES_PER_DEGREE

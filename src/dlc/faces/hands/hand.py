"""A hand as 21 points, and where to look for it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from dlc.arrays import Points
from dlc.faces.crop import Square, rotation

# Wrist; then each finger from the palm to the tip, the thumb first.
WRIST = 0
FINGERS = ((1, 2, 3, 4), (5, 6, 7, 8), (9, 10, 11, 12), (13, 14, 15, 16), (17, 18, 19, 20))
# The knuckles of all fingers but the thumb, where the palm ends.
KNUCKLES = tuple(finger[0] for finger in FINGERS[1:])
INDEX_KNUCKLE, MIDDLE_KNUCKLE, RING_KNUCKLE, LITTLE_KNUCKLE = KNUCKLES
# The points that say where a hand is, and how much larger and further towards the fingers the
# square is that the model was trained on (MediaPipe's values).
_STEADY = (0, 1, 2, 3, 5, 6, 9, 10, 13, 14, 17, 18)
_HAND_SCALE, _HAND_SHIFT = 2.0, 0.1
_PALM_SCALE, _PALM_SHIFT = 2.6, 0.5
# What the palm's sides are to its length from the wrist to the middle finger's knuckle. Seen from
# any direction, one of them is hardly foreshortened.
_LENGTHS = (
    (WRIST, MIDDLE_KNUCKLE, 1.0),
    (WRIST, INDEX_KNUCKLE, 0.98),
    (WRIST, LITTLE_KNUCKLE, 1.08),
    (INDEX_KNUCKLE, LITTLE_KNUCKLE, 1.6),
)


@dataclass(frozen=True, slots=True, eq=False)
class Palm:
    """A palm from the detector.

    Attributes:
        box: float32 (2, 2), its upper left and lower right corner.
        points: float32 (7, 2): the wrist, the knuckles from the index to the little finger, and two
            points of the thumb.
        score: how certain it is, 0 to 1.
    """

    box: Points
    points: Points
    score: float


@dataclass(frozen=True, slots=True, eq=False)
class Hand:
    """A hand in a frame.

    Attributes:
        points: float32 (21, 2), pixels of the frame.
        certainty: 0 to 1; it falls while a hand is not found again.
    """

    points: Points
    certainty: float


def palm_length(points: Points) -> float:
    """Return the length of a palm seen squarely, from points (21, 2 or 3), in their unit."""
    plane = points[:, :2]
    lengths = (float(np.linalg.norm(plane[a] - plane[b])) * k for a, b, k in _LENGTHS)
    return max(1e-3, *lengths)


def square_of_palm(palm: Palm) -> Square:
    """Return where to look for the hand of a detected palm, fingers up."""
    angle = _upright(palm.points[2] - palm.points[0])
    low, high = palm.box.astype(np.float64)
    size = float((high - low).max())
    x, y = (low + high) / 2 + _PALM_SHIFT * size * np.array([math.sin(angle), -math.cos(angle)])
    return Square(float(x), float(y), _PALM_SCALE * size, angle)


def square_of_hand(points: Points) -> Square:
    """Return where to look for a hand, given its points (21, 2 or 3) in the frame before."""
    plane = points[:, :2].astype(np.float64)
    middle = (plane[INDEX_KNUCKLE] + plane[RING_KNUCKLE] + 2 * plane[MIDDLE_KNUCKLE]) / 4
    angle = _upright(middle - plane[WRIST])
    level = rotation(angle)
    turned = plane[list(_STEADY)] @ level
    low, high = turned.min(axis=0), turned.max(axis=0)
    center = (low + high) / 2 - np.array([0, _HAND_SHIFT * (high - low)[1]])
    x, y = level @ center
    return Square(float(x), float(y), _HAND_SCALE * float(max(*(high - low), 1.0)), angle)


def _upright(towards_fingers: Points) -> float:
    """Return the angle of the square in which the fingers point up."""
    return math.atan2(float(towards_fingers[1]), float(towards_fingers[0])) + math.pi / 2

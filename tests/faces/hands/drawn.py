"""A drawn hand that MediaPipe's models take for one: an open palm with its thumb folded in."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float32]
Bytes = NDArray[np.uint8]

# In palm lengths from the middle finger's knuckle, fingers up.
OPEN_HAND = np.array(
    [
        *((0.0, 0.91), (-0.25, 0.74), (-0.36, 0.48), (-0.18, 0.31), (0.03, 0.27)),
        *((-0.23, 0.02), (-0.29, -0.27), (-0.3, -0.46), (-0.28, -0.62)),
        *((0.0, 0.0), (0.06, -0.35), (0.13, -0.56), (0.19, -0.74)),
        *((0.19, 0.08), (0.34, -0.22), (0.44, -0.41), (0.52, -0.57)),
        *((0.36, 0.23), (0.53, 0.03), (0.65, -0.1), (0.74, -0.21)),
    ],
    np.float32,
)
SKIN = (120.0, 150.0, 205.0)
_PALM = (0, 1, 2, 5, 9, 13, 17)
_FINGERS = tuple(tuple(range(first, first + 4)) for first in (1, 5, 9, 13, 17))
# Widths in palm lengths, and how far the shade of an edge reaches.
_PALM_WIDTH, _FINGER_WIDTH, _SHADE = 0.21, 0.19, 0.09


def placed(x: float, y: float, length: float, degrees: float = 0.0) -> Points:
    """Return the points (21, 2) of a hand with its middle knuckle there, turned clockwise."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    turned = OPEN_HAND @ np.array([[cos, sin], [-sin, cos]], np.float32)
    return np.asarray(turned * length + np.array([x, y]), np.float32)


def mask_of(points: Points, shape: tuple[int, int], length: float) -> Bytes:
    """Return 255 on a hand whose palm is `length` pixels long, with a soft edge."""
    mask = np.zeros(shape, np.uint8)
    fixed = np.rint(points * 16).astype(np.int32)
    palm = cv2.convexHull(fixed[list(_PALM)])[:, 0]
    cv2.fillPoly(mask, [palm], 255, cv2.LINE_AA, 4)
    _lines(mask, [*palm, palm[0]], round(_PALM_WIDTH * length))
    for finger in _FINGERS:
        _lines(mask, list(fixed[list(finger)]), round(_FINGER_WIDTH * length))
    return mask


def drawn(bgr: Bytes, points: Points, length: float) -> Bytes:
    """Return a picture with a hand in front, its edges in shade."""
    mask = mask_of(points, (bgr.shape[0], bgr.shape[1]), length)
    depth = cv2.distanceTransform((mask > 127).astype(np.uint8), cv2.DIST_L2, 5)
    shade = 0.6 + 0.4 * np.minimum(depth / (_SHADE * length), 1)
    share = mask[..., None] / 255
    return np.asarray(bgr * (1 - share) + np.array(SKIN) * shade[..., None] * share, np.uint8)


def _lines(mask: Bytes, points: list[NDArray[np.int32]], width: int) -> None:
    cv2.polylines(mask, [np.array(points)], False, 255, width, cv2.LINE_AA, 4)

"""Judges whether a face's landmarks can carry a swap."""

from __future__ import annotations

import math

import numpy as np

from dlc.arrays import Points
from dlc.faces.face import Face
from dlc.faces.landmarks.topology import (
    CHIN,
    FOREHEAD,
    LEFT_EYE_CORNERS,
    LEFT_SIDE,
    NOSE_BRIDGE,
    RIGHT_EYE_CORNERS,
    RIGHT_SIDE,
)

_LEFT_CORNER, _RIGHT_CORNER = LEFT_EYE_CORNERS[0], RIGHT_EYE_CORNERS[0]
# Half the distance between the sides over the depth from bridge to sides, in an average face.
_HALF_WIDTH_OVER_DEPTH = 0.9

# Degrees. From 42 on, the bridge of the nose hides the far side of the face: half of the landmarks
# are guesses, and the mesh is visibly wrong. The swap fades out over the degrees before.
MAX_YAW = 42.0
FULL_YAW = 36.0
MIN_PRESENCE = 0.5
# Pixels from forehead to chin; a smaller face has no discernible features.
_MIN_HEIGHT = 16.0
# Height over width in space (not as projected), a little more than real faces vary.
_PROPORTIONS = (0.7, 2.5)
# Distance of the outer eye corners over the width, in space, a little more than real faces vary.
_EYE_SPAN = (0.35, 0.9)


def head_yaw(landmarks: Points) -> float:
    """Return how far a head is turned sideways, in degrees.

    It is derived from where the bridge of the nose appears between the sides of the face, which is
    more reliable than the landmarks' depth: near profile, depth is much too small.

    Args:
        landmarks: float32 (468 or more, 2 or 3).

    Returns:
        0 for a frontal face, positive when it looks towards the viewer's right, within -90 to 90.
    """
    left, right, bridge = landmarks[[LEFT_SIDE, RIGHT_SIDE, NOSE_BRIDGE], :2].astype(np.float64)
    axis = (landmarks[_RIGHT_CORNER, :2] - landmarks[_LEFT_CORNER, :2]).astype(np.float64)
    axis /= max(math.hypot(*axis), 1e-6)
    offset = float((bridge - (left + right) / 2) @ axis)
    half_width = float((right - left) @ axis) / 2
    return math.degrees(math.atan2(_HALF_WIDTH_OVER_DEPTH * offset, max(half_width, 1e-6)))


def credibility(face: Face) -> float:
    """Return how much of a swap a face's landmarks can carry.

    Returns:
        1 for a face seen well, falling from `FULL_YAW` to `MAX_YAW`; 0 for a profile, a tiny face,
        and a mesh that collapsed or stretched out of a face's proportions.
    """
    landmarks = face.landmarks
    if landmarks is None or face.score < MIN_PRESENCE or not _is_shaped(landmarks):
        return 0.0
    ramp = (MAX_YAW - abs(head_yaw(landmarks))) / (MAX_YAW - FULL_YAW)
    return min(max(ramp, 0.0), 1.0)


def _is_shaped(landmarks: Points) -> bool:
    """Return whether landmarks have the size and proportions of a face."""
    if not np.isfinite(landmarks).all():
        return False
    width = _distance(landmarks, LEFT_SIDE, RIGHT_SIDE)
    height = _distance(landmarks, FOREHEAD, CHIN)
    eyes = _distance(landmarks, _LEFT_CORNER, _RIGHT_CORNER)
    return (
        height >= _MIN_HEIGHT
        and _PROPORTIONS[0] * width <= height <= _PROPORTIONS[1] * width
        and _EYE_SPAN[0] * width <= eyes <= _EYE_SPAN[1] * width
    )


def _distance(landmarks: Points, start: int, end: int) -> float:
    return float(np.linalg.norm(landmarks[end] - landmarks[start]))

"""Keeps bare hands in front, whose color is that of the face.

A hand's outline follows from its points. Where exactly it ends, between what must be hand and what
cannot be, is decided by the picture's edges.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from dlc.arrays import Bytes, Floats, Indices, Points
from dlc.compositing.filters import resize
from dlc.faces.hands.hand import (
    FINGERS,
    KNUCKLES,
    MIDDLE_KNUCKLE,
    WRIST,
    Hand,
    palm_length,
)
from dlc.geometry import Box

# Longer side, in pixels, of the picture in which outlines are drawn and fitted.
_GRID = 160
# Half widths in palm lengths: around the palm's bones, and of a finger at its four points. Fitted
# to 131 hands.
_PALM = 0.104
_FINGER = (0.105, 0.1, 0.091, 0.072)
# Thumbs are thicker than other fingers, little fingers thinner.
_THICKNESS = (1.07, 1.0, 1.0, 1.0, 0.85)
# Half width of a wrist, and how far it is drawn towards the elbow, in palm lengths.
_WRIST, _FOREARM = 0.24, 0.3
# The palm is what lies between these points.
_PALM_POINTS = (WRIST, 1, 2, *KNUCKLES)
# Widths, as shares of the outline's, of what must be hand, and beyond which nothing is.
_SURE, _POSSIBLE = 0.6, 1.4
# The picture's edges are sought this far away, in palm lengths, and count from this contrast on, a
# variance of luma on the scale of 0 to 255.
_NEARBY = 0.1
_CONTRAST = 60.0
# The fitted edge is soft; this makes it steeper.
_STEEPER = 1.5
# Binary digits of subpixel positions that OpenCV's drawing takes.
_SHIFT = 4


def hand_matte(bgra: Bytes, hands: Sequence[Hand], box: Box) -> Floats | None:
    """Return how far a hand covers each pixel of a part of a frame.

    Args:
        bgra: uint8 (box.height, box.width, 4), the frame there.
        hands: the hands in the frame.
        box: the part of the frame.

    Returns:
        float32 (box.height, box.width), 0 to 1; None if no hand reaches into the box.
    """
    scale = min(1.0, _GRID / max(box.width, box.height))
    size = (max(round(box.width * scale), 1), max(round(box.height * scale), 1))
    ratio = (np.array(size) / (box.width, box.height)).astype(np.float32)
    corner = np.array([box.left, box.top], np.float32) - 0.5
    luma: Floats | None = None
    matte = np.zeros(size[::-1], np.float32)
    for hand in hands:
        points: Points = (hand.points - corner) * ratio - np.float32(0.5)
        possible = outline(points, matte.shape, _POSSIBLE)
        if not possible.any():
            continue
        if luma is None:
            gray = cv2.cvtColor(resize(bgra, size), cv2.COLOR_BGRA2GRAY)
            luma = np.asarray(gray, np.float32)
        fitted = _fit(luma, points, possible)
        np.maximum(matte, fitted * np.float32(hand.certainty), out=matte)
    return None if luma is None else resize(matte, (box.width, box.height))


def outline(points: Points, shape: tuple[int, int], width: float = 1.0) -> Bytes:
    """Draw a hand: 255 inside its outline, 0 elsewhere.

    Args:
        points: float32 (21, 2), pixels of the result.
        shape: rows and columns of the result.
        width: thickness of fingers, as a share of the usual one.
    """
    unit = palm_length(points) * width
    drawn = np.zeros(shape, np.uint8)
    palm = np.asarray(cv2.convexHull(points[list(_PALM_POINTS)]), np.float32)[:, 0]
    _fill(drawn, palm)
    around = max(round(2 * _PALM * unit), 1)
    cv2.polylines(drawn, [_shifted(palm)], True, 255, around, cv2.LINE_8, _SHIFT)
    for finger, thickness in zip(FINGERS, _THICKNESS, strict=True):
        _draw_limb(drawn, points[list(finger)], [half * thickness * unit for half in _FINGER])
    along = points[WRIST] - points[MIDDLE_KNUCKLE]
    length = max(float(np.linalg.norm(along)), 1e-3)
    elbow = points[WRIST] + along * np.float32(_FOREARM * palm_length(points) / length)
    _draw_limb(drawn, np.stack([points[WRIST], elbow]), [_WRIST * unit, _WRIST * unit])
    return drawn


def _fit(luma: Floats, points: Points, possible: Bytes) -> Floats:
    """Move a hand's outline to the picture's edges nearby."""
    rows, columns = luma.shape
    drawn = outline(points, (rows, columns))
    reach = max(round(_NEARBY * palm_length(points)), 1)
    fitted = _guided(drawn.astype(np.float32) * np.float32(1 / 255), luma, reach)
    steep = np.clip((fitted - np.float32(0.5)) * np.float32(_STEEPER) + np.float32(0.5), 0, 1)
    sure = outline(points, (rows, columns), _SURE)
    return np.asarray(np.where(sure > 0, 1, steep * (possible > 0)), np.float32)


def _guided(image: Floats, guide: Floats, reach: int) -> Floats:
    """Smooth an image, but keep to the edges of a guide.

    Source: K. He, J. Sun, X. Tang, "Guided image filtering", ECCV 2010.
    """
    mean, mean_guide = _mean(image, reach), _mean(guide, reach)
    covariance = _mean(np.multiply(image, guide), reach) - mean * mean_guide
    variance = _mean(np.square(guide), reach) - np.square(mean_guide)
    slope = np.divide(covariance, variance + np.float32(_CONTRAST))
    offset = mean - np.multiply(slope, mean_guide)
    return _mean(slope, reach) * guide + _mean(offset, reach)


def _mean(image: Floats, reach: int) -> Floats:
    width = 2 * reach + 1
    return np.asarray(cv2.blur(image, (width, width), borderType=cv2.BORDER_REPLICATE), np.float32)


def _draw_limb(drawn: Bytes, points: Points, radii: Sequence[float]) -> None:
    """Draw a line with round joints that is `radii` pixels wide to each side at its points."""
    for (x, y), radius in zip(_shifted(points).tolist(), radii, strict=True):
        cv2.circle(drawn, (x, y), round(radius * 2**_SHIFT), 255, cv2.FILLED, cv2.LINE_8, _SHIFT)
    along = np.diff(points, axis=0)
    length = np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-3)
    across = np.stack([-along[:, 1], along[:, 0]], axis=1) / length[:, None]
    half = np.array(radii)[:, None]
    left = np.stack([points[:-1] + across * half[:-1], points[1:] + across * half[1:]], axis=1)
    right = np.stack([points[1:] - across * half[1:], points[:-1] - across * half[:-1]], axis=1)
    for corners in np.concatenate([left, right], axis=1):
        _fill(drawn, corners)


def _fill(drawn: Bytes, corners: Points) -> None:
    cv2.fillConvexPoly(drawn, _shifted(corners), 255, cv2.LINE_8, _SHIFT)


def _shifted(points: Points) -> Indices:
    return np.asarray(np.rint(points * 2**_SHIFT), np.int32)

"""Measures how a face moved from one frame to the next, and moves its data along."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import cast

import cv2
import numpy as np

from dlc.arrays import Array, Floats, Gray, Points
from dlc.faces.face import Face
from dlc.geometry import Box

# Lengths are pixels of the picture that a motion is measured in. Larger faces are first scaled down
# to about this width.
_FACE_SIZE = 128
# How far a face may move, as a share of its width, by which factor it may grow or shrink, and by
# how many degrees it may turn.
_REACH, _GROWTH, _TURN = 0.5, 1.25, 20.0
# The central part of the box whose corners are followed: eyes, nose and mouth, without hair and
# ears, which move differently when a head turns.
_CORE = 0.7
# How many corners are followed at most; how many must be found again, and which share of them.
_MOST, _FEWEST, _LEAST_SHARE = 64, 12, 0.5
# Side of the window to match around a corner.
_WINDOW = 15
# How far from its start a corner may end up when followed to the new frame and back, and how far it
# may deviate from the motion of the whole face.
_TOLERANCE, _SPREAD = 0.5, 5.0


@dataclass(frozen=True, slots=True)
class Similarity:
    """A move, turn and scaling of the plane: z = x + iy becomes `factor` * z + `offset`."""

    factor: complex
    offset: complex

    @property
    def scale(self) -> float:
        """Factor by which lengths grow."""
        return abs(self.factor)

    @property
    def degrees(self) -> float:
        """Angle by which directions turn, clockwise on the screen."""
        return math.degrees(math.atan2(self.factor.imag, self.factor.real))

    def apply(self, points: Points) -> Points:
        """Transform points (n, 2) or (n, 3); depth, the third coordinate, is only scaled."""
        a, b = self.factor.real, self.factor.imag
        plane = points[:, :2] @ np.array([[a, b], [-b, a]]) + (self.offset.real, self.offset.imag)
        return np.concatenate([plane, points[:, 2:] * self.scale], axis=1).astype(np.float32)


def moved(face: Face, motion: Similarity) -> Face:
    """Return the face with box, points and landmarks moved by `motion`; the rest stays.

    The box stays upright: its center moves and its sides are scaled.
    """
    corners = face.box.reshape(2, 2)
    center = motion.apply(corners.mean(axis=0, keepdims=True))
    box = (center + (corners - corners.mean(axis=0)) * motion.scale).reshape(4)
    return replace(
        face,
        box=box.astype(np.float32),
        points=motion.apply(face.points),
        landmarks=None if face.landmarks is None else motion.apply(face.landmarks),
        landmarks_106=None if face.landmarks_106 is None else motion.apply(face.landmarks_106),
    )


def measure_motion(before: Gray, after: Gray, face: Face, zoom: float = 1.0) -> Similarity | None:
    """Measure the motion of a face by sparse optical flow.

    Corners of the face are followed from `before` to `after` and back by pyramidal Lucas-Kanade
    (Bouguet 2001). A similarity is fitted robustly to those that return to where they began (the
    forward-backward check of Kalal et al. 2010).

    Args:
        before: uint8 (h, w), the picture that `face` was found in.
        after: uint8 (h, w), the next picture.
        face: in pixels of the frames that both pictures are reduced from.
        zoom: frame pixels per picture pixel, along one side.

    Returns:
        The motion in pixels of the frame, or None if it cannot be trusted: the face has left, is
        covered or blurred, or is somewhere else altogether.
    """
    # From here on, coordinates are the pictures' pixels, whose centers are whole numbers too.
    box = (face.box.reshape(2, 2) + 0.5) / zoom - 0.5
    width = float(box[1, 0] - box[0, 0])
    roi = _surroundings(box, _REACH * width, before.shape)
    if roi.is_empty:
        return None
    scale = min(1.0, _FACE_SIZE / max(width, 1.0))
    cut_before, cut_after = (_cut(picture, roi, scale) for picture in (before, after))
    pairs = _follow(cut_before, cut_after, _inside(box, roi, cut_before))
    if pairs is None:
        return None
    matrix, votes = cv2.estimateAffinePartial2D(
        *pairs, method=cv2.RANSAC, ransacReprojThreshold=_SPREAD
    )
    if matrix is None or not _is_enough(votes):
        return None
    motion = _in_frame(np.asarray(matrix), roi, cut_before, zoom)
    return motion if _is_credible(motion, face) else None


def _is_credible(motion: Similarity, face: Face) -> bool:
    corners = face.box.reshape(2, 2)
    center = corners.mean(axis=0, keepdims=True)
    distance = float(np.linalg.norm(motion.apply(center) - center))
    return (
        distance <= _REACH * float(corners[1, 0] - corners[0, 0])
        and 1 / _GROWTH <= motion.scale <= _GROWTH
        and abs(motion.degrees) <= _TURN
    )


def _surroundings(box: Floats, margin: float, shape: tuple[int, ...]) -> Box:
    """Return the pixels that a face in `box` (2, 2) covers, or may cover after moving."""
    left, top, right, bottom = (float(edge) for edge in box.ravel())
    return Box(
        math.floor(left - margin),
        math.floor(top - margin),
        math.ceil(right + margin),
        math.ceil(bottom + margin),
    ).clipped(shape[1], shape[0])


def _cut(picture: Gray, roi: Box, scale: float) -> Gray:
    part = picture[roi.top : roi.bottom, roi.left : roi.right]
    size = (max(1, round(roi.width * scale)), max(1, round(roi.height * scale)))
    if size == (roi.width, roi.height):
        return part
    return np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), np.uint8)


def _inside(box: Floats, roi: Box, cut: Gray) -> Gray:
    """Return a mask of the cut: 255 in an ellipse around the center of `box` (2, 2)."""
    zoom = np.array([cut.shape[1] / roi.width, cut.shape[0] / roi.height])
    low, high = (box - (roi.left, roi.top) + 0.5) * zoom - 0.5
    center, axes = (low + high) / 2, _CORE * (high - low) / 2
    mask = np.zeros(cut.shape, np.uint8)
    cv2.ellipse(
        mask,
        (round(center[0]), round(center[1])),
        (max(1, round(axes[0])), max(1, round(axes[1]))),
        0,
        0,
        360,
        255,
        cv2.FILLED,
    )
    return mask


def _follow(before: Gray, after: Gray, mask: Gray) -> tuple[Points, Points] | None:
    """Follow corners inside the mask; return their old and new places, each (n, 2)."""
    corners = cv2.goodFeaturesToTrack(before, _MOST, 0.01, _WINDOW / 3, mask=mask)
    if corners is None or len(corners) < _FEWEST:
        return None
    start = cast(Points, corners)
    size = (_WINDOW, _WINDOW)
    there, found, _ = cv2.calcOpticalFlowPyrLK(before, after, start, None, winSize=size)  # type: ignore[call-overload]
    back, found_back, _ = cv2.calcOpticalFlowPyrLK(after, before, there, None, winSize=size)  # type: ignore[call-overload]
    error = np.linalg.norm(back - start, axis=2)
    good = ((found == 1) & (found_back == 1) & (error < _TOLERANCE)).ravel()
    return (start[good, 0], there[good, 0]) if _is_enough(good) else None


def _is_enough(kept: Array) -> bool:
    """Return whether enough of the corners that were followed are kept; the others are 0."""
    return bool(kept.sum() >= max(_FEWEST, _LEAST_SHARE * kept.size))


def _in_frame(matrix: Array, roi: Box, cut: Gray, zoom: float) -> Similarity:
    """Convert a similarity (2, 3) of a cut to frame pixels; both count from pixel centers."""
    # Frame pixels per cut pixel, and the center of the cut's first pixel.
    step = zoom * roi.width / cut.shape[1]
    origin = complex(zoom * roi.left, zoom * roi.top) + complex(step - 1, step - 1) / 2
    factor = complex(matrix[0, 0], matrix[1, 0])
    offset = complex(matrix[0, 2], matrix[1, 2]) * step
    return Similarity(factor, offset + origin - factor * origin)

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


@dataclass(frozen=True, slots=True)
class MotionOptions:
    """How to measure the motion of a face; lengths are pixels of the picture used for it.

    Attributes:
        face_size: larger faces are first scaled down to about this width.
        reach: how far a face may move, as a share of its width.
        core: the central part of the box whose corners are followed: eyes, nose and mouth, without
            hair and ears, which move differently when a head turns.
        max_corners: maximum number of corners to follow.
        min_corners: minimum number that must be found again.
        min_share: the same, as a share of those followed.
        window: side of the window to match around a corner.
        tolerance: how far from its start a corner may end up when followed to the new frame and
            back.
        spread: how far a corner may deviate from the motion of the whole face.
        growth: factor by which a face may grow or shrink.
        turn: degrees by which it may turn.
    """

    face_size: int = 128
    reach: float = 0.5
    core: float = 0.7
    max_corners: int = 64
    min_corners: int = 12
    min_share: float = 0.5
    window: int = 15
    tolerance: float = 0.5
    spread: float = 5.0
    growth: float = 1.25
    turn: float = 20.0


_DEFAULTS = MotionOptions()


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


def measure_motion(
    before: Gray,
    after: Gray,
    face: Face,
    zoom: float = 1.0,
    options: MotionOptions = _DEFAULTS,
) -> Similarity | None:
    """Measure the motion of a face by sparse optical flow.

    Corners of the face are followed from `before` to `after` and back by pyramidal Lucas-Kanade
    (Bouguet 2001). A similarity is fitted robustly to those that return to where they began (the
    forward-backward check of Kalal et al. 2010).

    Args:
        before: uint8 (h, w), the picture that `face` was found in.
        after: uint8 (h, w), the next picture.
        face: in pixels of the frames that both pictures are reduced from.
        zoom: frame pixels per picture pixel, along one side.
        options: limits within which to trust the motion.

    Returns:
        The motion in pixels of the frame, or None if it cannot be trusted: the face has left, is
        covered or blurred, or is somewhere else altogether.
    """
    # From here on, coordinates are the pictures' pixels, whose centers are whole numbers too.
    box = (face.box.reshape(2, 2) + 0.5) / zoom - 0.5
    width = float(box[1, 0] - box[0, 0])
    roi = _surroundings(box, options.reach * width, before.shape)
    if roi.is_empty:
        return None
    scale = min(1.0, options.face_size / max(width, 1.0))
    cut_before, cut_after = (_cut(picture, roi, scale) for picture in (before, after))
    pairs = _follow(cut_before, cut_after, _inside(box, options.core, roi, cut_before), options)
    if pairs is None:
        return None
    matrix, votes = cv2.estimateAffinePartial2D(
        *pairs, method=cv2.RANSAC, ransacReprojThreshold=options.spread
    )
    if matrix is None or votes.sum() < max(options.min_corners, options.min_share * votes.size):
        return None
    motion = _in_frame(np.asarray(matrix), roi, cut_before, zoom)
    return motion if _is_credible(motion, face, options) else None


def _is_credible(motion: Similarity, face: Face, options: MotionOptions) -> bool:
    corners = face.box.reshape(2, 2)
    center = corners.mean(axis=0, keepdims=True)
    distance = float(np.linalg.norm(motion.apply(center) - center))
    return (
        distance <= options.reach * float(corners[1, 0] - corners[0, 0])
        and 1 / options.growth <= motion.scale <= options.growth
        and abs(motion.degrees) <= options.turn
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


def _inside(box: Floats, core: float, roi: Box, cut: Gray) -> Gray:
    """Return a mask of the cut: 255 in an ellipse around the center of `box` (2, 2)."""
    zoom = np.array([cut.shape[1] / roi.width, cut.shape[0] / roi.height])
    low, high = (box - (roi.left, roi.top) + 0.5) * zoom - 0.5
    center, axes = (low + high) / 2, core * (high - low) / 2
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


def _follow(
    before: Gray, after: Gray, mask: Gray, options: MotionOptions
) -> tuple[Points, Points] | None:
    """Follow corners inside the mask; return their old and new places, each (n, 2)."""
    distance = options.window / 3
    corners = cv2.goodFeaturesToTrack(before, options.max_corners, 0.01, distance, mask=mask)
    if corners is None or len(corners) < options.min_corners:
        return None
    start = cast(Points, corners)
    size = (options.window, options.window)
    there, found, _ = cv2.calcOpticalFlowPyrLK(before, after, start, None, winSize=size)  # type: ignore[call-overload]
    back, found_back, _ = cv2.calcOpticalFlowPyrLK(after, before, there, None, winSize=size)  # type: ignore[call-overload]
    error = np.linalg.norm(back - start, axis=2)
    good = ((found == 1) & (found_back == 1) & (error < options.tolerance)).ravel()
    if good.sum() < max(options.min_corners, options.min_share * len(start)):
        return None
    return start[good, 0], there[good, 0]


def _in_frame(matrix: Array, roi: Box, cut: Gray, zoom: float) -> Similarity:
    """Convert a similarity (2, 3) of a cut to frame pixels; both count from pixel centers."""
    # Frame pixels per cut pixel, and the center of the cut's first pixel.
    step = zoom * roi.width / cut.shape[1]
    origin = complex(zoom * roi.left, zoom * roi.top) + complex(step - 1, step - 1) / 2
    factor = complex(matrix[0, 0], matrix[1, 0])
    offset = complex(matrix[0, 2], matrix[1, 2]) * step
    return Similarity(factor, offset + origin - factor * origin)

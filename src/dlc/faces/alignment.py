"""Turns faces upright and scales them to the size the neural models expect.

Results equal those of insightface's `face_align`, but nothing here reads the whole picture,
triggers scikit-image's deprecation warnings, or fails on points that are not a face.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from dlc.arrays import Image, Matrix, Points
from dlc.faces.crop import Square
from dlc.faces.pixels import Pixels
from dlc.geometry import Box

# Where ArcFace expects the five points in a crop of 112 x 112 pixels (`face_align.arcface_dst` of
# insightface), as complex numbers.
_TEMPLATE: NDArray[np.complex128] = np.array(
    [
        38.2946 + 51.6963j,
        73.5318 + 51.5014j,
        56.0252 + 71.7366j,
        41.5493 + 92.3655j,
        70.7299 + 92.2041j,
    ]
)
# Crops of a multiple of 128 have an extra margin of 8 pixels in 128 on either side.
_WIDE_OFFSET = 8.0
# Range of a crop's side in pixels of the picture; no real face lies outside it.
_LEAST_SIDE, _MOST_SIDE = 4.0, 32768.0


def arcface_matrix(points: Points, size: int) -> Matrix | None:
    """Return the similarity that maps a face's points to those of an aligned crop.

    It equals that of insightface's `face_align.estimate_norm`.

    Args:
        points: float32 (5, 2) as in `Face.points`.
        size: side of the crop in pixels, a multiple of 112 or 128.

    Returns:
        float64 (2, 3), from the picture's pixels to the crop's, or None if the points cannot be a
        face: not finite, all in one place, or impossibly far apart.

    Raises:
        ValueError: `size` is not a multiple of either.
    """
    return template_matrix(points, _template(size), size)


def template_matrix(points: Points, template: NDArray[np.complex128], size: int) -> Matrix | None:
    """Return the similarity that maps a face's points to a model's own template.

    It minimizes the squared error (Umeyama 1991; in two dimensions, complex numbers give it in
    closed form).

    Args:
        points: float32 (5, 2) as in `Face.points`.
        template: complex128 (5,), where the model expects them in a crop, x + yj in its pixels.
        size: side of the crop in pixels.

    Returns:
        As `arcface_matrix`.
    """
    if not np.isfinite(points).all():
        return None
    found = points.astype(np.float64) @ np.array([1, 1j])
    found_center, wanted_center = found.mean(), template.mean()
    offsets = found - found_center
    spread = float(np.vdot(offsets, offsets).real)
    if spread == 0:
        return None
    turn = np.vdot(offsets, template - wanted_center) / spread
    if not size / _MOST_SIDE <= abs(turn) <= size / _LEAST_SIDE:
        return None
    shift = wanted_center - turn * found_center
    return np.array([[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag]])


def crop_square(matrix: Matrix, size: int) -> Square:
    """Return the square of a picture that a similarity maps to a crop of `size` pixels.

    Args:
        matrix: float64 (2, 3), as from `arcface_matrix`; coordinates count from pixel centers.
        size: side of the crop in pixels.
    """
    x, y = np.linalg.solve(matrix[:, :2], (size - 1) / 2 - matrix[:, 2])
    scale = math.hypot(matrix[0, 0], matrix[1, 0])
    return Square(float(x), float(y), size / scale, math.atan2(-matrix[1, 0], matrix[0, 0]))


def aligned_crop(frame: Pixels, matrix: Matrix, size: int) -> Image:
    """Return the crop that a matrix maps a picture to, black beyond the picture.

    The pixels equal `cv2.warpAffine` (linear) on the whole picture, within one level of rounding,
    but only the needed part is read.

    Args:
        frame: the picture.
        matrix: float64 (2, 3), from the picture's pixels to the crop's, for example from
            `arcface_matrix`.
        size: side of the crop in pixels.

    Returns:
        uint8 (size, size, 3) BGR.
    """
    box = _footprint(matrix, size).clipped(frame.width, frame.height)
    if box.is_empty:
        return np.zeros((size, size, 3), np.uint8)
    shifted = matrix.copy()
    shifted[:, 2] += matrix[:, :2] @ (box.left, box.top)
    crop = cv2.warpAffine(frame.region(box), shifted, (size, size), borderValue=0.0)
    return np.asarray(crop, np.uint8)


def _template(size: int) -> NDArray[np.complex128]:
    if size % 112 == 0:
        scale, offset = size / 112, 0.0
    elif size % 128 == 0:
        scale, offset = size / 128, _WIDE_OFFSET
    else:
        raise ValueError(f"{size} is not a multiple of 112 or 128, the sizes of aligned crops")
    return (_TEMPLATE + offset) * scale


def _footprint(matrix: Matrix, size: int) -> Box:
    """Return the pixels that linear interpolation reads for a crop, plus one on each side."""
    ends = (0, size - 1)
    corners = np.array([(x, y) for x in ends for y in ends], np.float64)
    placed = np.linalg.solve(matrix[:, :2], (corners - matrix[:, 2]).T)
    return Box.around(placed.min(axis=1), placed.max(axis=1)).grown(1)

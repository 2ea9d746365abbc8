"""Faces turned upright and scaled to the size that the neural models take.

Unlike insightface's `face_align`, whose results these are, nothing here reads a whole picture,
warns of scikit-image's plans, or stumbles over points that are no face.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from dlc.faces.crop import Square
from dlc.faces.pixels import Pixels
from dlc.geometry import Box

# Where ArcFace wants the five points in a crop of 112 x 112 pixels (`face_align.arcface_dst` of
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
# Crops of multiples of 128 show 8 of 128 pixels more on either side.
_WIDE_OFFSET = 8.0
# Pixels of the picture along the side of a crop; anything else is no face in a real picture.
_LEAST_SIDE, _MOST_SIDE = 4.0, 32768.0


def arcface_matrix(points: NDArray[np.float32], size: int) -> NDArray[np.float64] | None:
    """Return the similarity that takes a face's points to those of an aligned crop.

    It equals that of insightface's `face_align.estimate_norm`.

    Args:
        points: float32 (5, 2) as in `Face.points`.
        size: side of the crop in pixels, a multiple of 112 or 128.

    Returns:
        float64 (2, 3), from the picture's pixels to the crop's, or None where the points cannot be
        those of a face: not finite, all in one place, or impossibly far apart.

    Raises:
        ValueError: `size` is a multiple of neither.
    """
    return template_matrix(points, _template(size), size)


def template_matrix(
    points: NDArray[np.float32], template: NDArray[np.complex128], size: int
) -> NDArray[np.float64] | None:
    """Return the similarity that takes a face's points to those of a model's own template.

    It has the least squared error (Umeyama 1991; for two dimensions, points as complex numbers give
    it in closed form).

    Args:
        points: float32 (5, 2) as in `Face.points`.
        template: complex128 (5,), where the model wants them in a crop, x + yj in its pixels.
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


def crop_square(matrix: NDArray[np.float64], size: int) -> Square:
    """Return the part of a picture that a similarity takes to a crop of `size` pixels.

    Args:
        matrix: float64 (2, 3), as from `arcface_matrix`: it counts from the centers of pixels.
        size: side of the crop in pixels.
    """
    x, y = np.linalg.solve(matrix[:, :2], (size - 1) / 2 - matrix[:, 2])
    scale = math.hypot(matrix[0, 0], matrix[1, 0])
    return Square(float(x), float(y), size / scale, math.atan2(-matrix[1, 0], matrix[0, 0]))


def aligned_crop(frame: Pixels, matrix: NDArray[np.float64], size: int) -> NDArray[np.uint8]:
    """Return the part of a picture that a matrix takes to a crop, black beyond the picture.

    The pixels are those of `cv2.warpAffine` (linear) of the whole picture, give or take one level
    of rounding, but only the part that is needed is read.

    Args:
        frame: the picture.
        matrix: float64 (2, 3), from the picture's pixels to the crop's; such as `arcface_matrix`.
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
        raise ValueError(f"{size} is no multiple of 112 or 128, the sizes of aligned crops")
    return (_TEMPLATE + offset) * scale


def _footprint(matrix: NDArray[np.float64], size: int) -> Box:
    """Return the pixels that linear interpolation reads for a crop, and one more on each side."""
    ends = (0, size - 1)
    corners = np.array([(x, y) for x in ends for y in ends], np.float64)
    placed = np.linalg.solve(matrix[:, :2], (corners - matrix[:, 2]).T)
    (left, top), (right, bottom) = placed.min(axis=1), placed.max(axis=1)
    return Box(
        math.floor(left) - 1, math.floor(top) - 1, math.ceil(right) + 2, math.ceil(bottom) + 2
    )

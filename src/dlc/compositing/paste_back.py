"""Puts an aligned crop back where it was cut out, touching only the face's rectangle."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from dlc.arrays import Bytes, Doubles, Image, Matrix
from dlc.compositing.filters import smoothstep
from dlc.compositing.patch import Patch
from dlc.geometry import Box

# The outline up to which a crop is pasted, as shares of its side: from hairline to chin and from
# cheek to cheek. With this exponent it is fuller than an ellipse.
_CENTER = (0.5, 0.5)
_RADII = (0.45, 0.47)
_EXPONENT = 2.5
# The part of the way from center to outline where the crop is fully opaque.
_CORE = 0.7
# Crops are not shrunk below this before warping: the mask would no longer end inside them.
_LEAST_SIDE = 32


@dataclass(frozen=True, slots=True, eq=False)
class CropMask:
    """How much of each pixel of an aligned crop is pasted.

    Attributes:
        alpha: uint8 (h, w): 255 where the crop replaces the frame, 0 along the crop's edges.
        outline: float64 (n, 2): x and y of points whose hull contains all that is not 0, plus a
            pixel around it for interpolation.
    """

    alpha: Bytes
    outline: Doubles

    @classmethod
    def of(cls, alpha: Bytes) -> CropMask:
        """Return a mask with its outline."""
        hull = cv2.convexHull(cv2.findNonZero(alpha)).reshape(-1, 1, 2)
        around = np.array([(-1, -1), (-1, 1), (1, -1), (1, 1)])
        return cls(alpha, (hull + around).reshape(-1, 2).astype(np.float64))


def face_mask(side: int) -> CropMask:
    """Return the mask that pastes a whole face with a soft edge.

    The mask is the same for every face, so it is made once and warped with each crop.

    Args:
        side: side of the crop in pixels.
    """
    steps = (np.arange(side) + 0.5) / side
    across, down = (
        np.abs((steps - center) / radius) ** _EXPONENT
        for center, radius in zip(_CENTER, _RADII, strict=True)
    )
    distance = (down[:, None] + across) ** (1 / _EXPONENT)
    opacity = smoothstep(distance.astype(np.float32), 1.0, _CORE)
    return CropMask.of(np.asarray(np.rint(255 * opacity), np.uint8))


def paste_back(
    crop: Image, mask: CropMask, matrix: Matrix, width: int, height: int
) -> Patch | None:
    """Return a crop as a patch for the frame that it was cut from.

    The work depends on the size of the face, not of the frame.

    Args:
        crop: uint8 (h, w, 3) BGR, aligned.
        mask: a mask of the crop's size.
        matrix: float64 (2, 3), the similarity from the frame's pixels to the crop's.
        width: width of the frame in pixels.
        height: height of the frame in pixels.

    Returns:
        The part of the crop inside the frame; None if there is none.
    """
    box = _bounds(mask.outline, matrix).clipped(width, height)
    if box.is_empty:
        return None
    image, matrix = _near_frame_scale(np.asarray(cv2.merge([crop, mask.alpha]), np.uint8), matrix)
    shifted = matrix.copy()
    shifted[:, 2] += matrix[:, :2] @ (box.left, box.top)
    # Four channels warp in half the time of three.
    method = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    warped = cv2.warpAffine(image, shifted, (box.width, box.height), flags=method)
    bgr, alpha = cv2.cvtColor(warped, cv2.COLOR_BGRA2BGR), cv2.extractChannel(warped, 3)
    return Patch(box, np.asarray(bgr, np.uint8), np.asarray(alpha, np.uint8))


def _bounds(points: Doubles, matrix: Matrix) -> Box:
    """Return the box of frame pixels around points of the crop."""
    placed = np.linalg.solve(matrix[:, :2], (points - matrix[:, 2]).T)
    return Box.around(placed.min(axis=1), placed.max(axis=1))


def _near_frame_scale(image: Bytes, matrix: Matrix) -> tuple[Bytes, Matrix]:
    """Scale a crop for a linear warp: doubled if that enlarges it, halved if it would skip pixels.

    On its own, a linear warp blurs an enlarged face. Doubling it with cubic interpolation first
    looks as sharp as a cubic warp, which takes eight times as long.
    """
    enlargement = 1 / math.hypot(matrix[0, 0], matrix[1, 0])
    if enlargement > 1:
        return _scaled(image, matrix, 2.0, cv2.INTER_CUBIC)
    while enlargement <= 0.5 and min(image.shape[:2]) >= 2 * _LEAST_SIDE:
        image, matrix = _scaled(image, matrix, 0.5, cv2.INTER_AREA)
        enlargement *= 2
    return image, matrix


def _scaled(image: Bytes, matrix: Matrix, factor: float, method: int) -> tuple[Bytes, Matrix]:
    resized = cv2.resize(image, None, fx=factor, fy=factor, interpolation=method)
    scaled = matrix * factor
    # Whole numbers are pixel centers, so the scaled picture starts half a pixel earlier.
    scaled[:, 2] += (factor - 1) / 2
    return np.asarray(resized, np.uint8), scaled

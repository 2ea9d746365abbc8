"""Squares of any size and angle in a picture, read as input for a model.

Points follow OpenCV: whole numbers are pixel centers, so a picture's left edge is at -0.5. Models
count from the edge of their input instead, which adds half a pixel.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from dlc.arrays import Doubles, Floats, Image, Matrix, Points
from dlc.faces.pixels import RegionSource
from dlc.geometry import Box

# Pixels read beyond a square: for interpolation at its border, and at the far ends for the rows and
# columns dropped when odd lengths are halved up to three times.
_MARGIN_BEFORE, _MARGIN_AFTER = 1, 9


def rotation(angle: float) -> Doubles:
    """Return the 2 x 2 matrix that turns points from x towards y, times points as columns.

    Times points as rows, (n, 2), from the left, it turns them back.
    """
    cos, sin = math.cos(angle), math.sin(angle)
    return np.array([[cos, -sin], [sin, cos]])


@dataclass(frozen=True, slots=True)
class Square:
    """A rotated square in a picture.

    Attributes:
        x: x of its center, in pixels.
        y: y of its center, in pixels.
        size: its side, in pixels.
        angle: rotation in radians, positive from x towards y (clockwise).
        mirrored: whether left and right are swapped.
    """

    x: float
    y: float
    size: float
    angle: float
    mirrored: bool = False

    def matrix(self, side: int) -> Matrix:
        """Return the 2 x 3 affine that maps points of the picture to the square.

        Points in the square are pixels of a `side` x `side` input, counted from its edges.
        """
        scale = side / self.size
        cos, sin = scale * math.cos(self.angle), scale * math.sin(self.angle)
        flip = -1.0 if self.mirrored else 1.0
        linear = np.array([[flip * cos, flip * sin], [-sin, cos]])
        offset = side / 2 - linear @ np.array([self.x, self.y])
        return np.column_stack([linear, offset])

    def pixel_matrix(self, side: int, box: Box) -> Matrix:
        """Return the 2 x 3 affine from the pixels of a part of the picture to the square's.

        Both count from pixel centers, as OpenCV does.

        Args:
            side: side of the square in pixels.
            box: the part of the picture.
        """
        matrix = self.matrix(side)
        matrix[:, 2] += matrix[:, :2] @ (box.left, box.top)
        # A square counts from its edge.
        matrix[:, 2] -= 0.5
        return matrix

    def to_picture(self, points: Points, side: int) -> Points:
        """Map points (n, 2 or 3) of a `side` x `side` input to the picture, scaling z alike."""
        matrix = self.matrix(side)
        plane = (points[:, :2] - matrix[:, 2]) @ np.linalg.inv(matrix[:, :2]).T
        depth = points[:, 2:] * (self.size / side)
        return np.concatenate([plane, depth], axis=1).astype(np.float32)

    def bounds(self, width: int, height: int) -> Box:
        """Return the pixels of a `width` x `height` picture that the square can touch."""
        reach = self.size / 2 * (abs(math.cos(self.angle)) + abs(math.sin(self.angle)))
        return Box(
            math.floor(self.x - reach) - _MARGIN_BEFORE,
            math.floor(self.y - reach) - _MARGIN_BEFORE,
            math.ceil(self.x + reach) + _MARGIN_AFTER,
            math.ceil(self.y + reach) + _MARGIN_AFTER,
        ).clipped(width, height)


@dataclass(frozen=True, slots=True, eq=False)
class Cutout:
    """Pixels copied out of a picture, possibly at a smaller scale.

    Attributes:
        box: where they came from.
        bgr: uint8 (h, w, 3), covers the whole box.
    """

    box: Box
    bgr: Image

    def warp(self, square: Square, side: int) -> Image:
        """Return the square as uint8 (side, side, 3), repeating the cutout's edge beyond it."""
        bgr = self.bgr
        shrunk = np.array([self.box.width / bgr.shape[1], self.box.height / bgr.shape[0]])
        matrix = square.matrix(side)
        matrix[:, 2] += matrix[:, :2] @ (np.array(self.box[:2]) + (shrunk - 1) / 2)
        matrix[:, :2] *= shrunk
        scale = square.size / side / shrunk.max()
        while scale >= 2 and min(bgr.shape[:2]) > 1:
            # Bilinear sampling reads 2 x 2 pixels: at smaller scales it would skip pixels and make
            # the result shimmer as the face moves, so average them first.
            bgr, scale = _halved(bgr), scale / 2
            matrix[:, 2] += matrix[:, :2] @ (0.5, 0.5)
            matrix[:, :2] *= 2
        # From the input's edges to OpenCV's pixel centers.
        matrix[:, 2] -= 0.5
        warped = cv2.warpAffine(
            bgr, matrix, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        return warped.astype(np.uint8, copy=False)


def cut_out(
    picture: RegionSource, square: Square, detail: int, *, halving: bool = False
) -> Cutout | None:
    """Copy the pixels around a square; None if it lies outside the picture.

    Args:
        picture: the picture to read.
        square: the part that is needed.
        detail: pixels needed along the square's side; at most twice as many are read from a larger
            square.
        halving: shrink by powers of two only, which take a third of the time of other factors.
    """
    box = square.bounds(picture.width, picture.height)
    if box.is_empty:
        return None
    factor = int(square.size / detail)
    if halving and factor > 1:
        factor = 2 ** (factor.bit_length() - 1)
    if factor > 1:
        return Cutout(*picture.shrunk_region(box, factor))
    return Cutout(box, picture.region(box))


def to_tensor(images: Sequence[Image], *, low: float = 0.0) -> Floats:
    """Return BGR images of the same size as RGB planes, float32 (n, 3, h, w), `low` to 1."""
    height, width = images[0].shape[:2]
    tensor = np.empty((len(images), 3, height, width), np.float32)
    scale = np.float32((1 - low) / 255)
    for planes, image in zip(tensor, images, strict=True):
        np.multiply(image.transpose(2, 0, 1)[::-1], scale, out=planes)
    if low:
        tensor += np.float32(low)
    return tensor


def _halved(bgr: Image) -> Image:
    """Average blocks of 2 x 2 pixels, dropping an odd last row or column."""
    rows, columns = (length // 2 for length in bgr.shape[:2])
    whole = bgr[: rows * 2, : columns * 2]
    half = cv2.resize(whole, (columns, rows), interpolation=cv2.INTER_AREA)
    return half.astype(np.uint8, copy=False)

"""Squares of any size and angle in a picture, and their pixels as a model's input.

Points follow OpenCV: whole numbers are the centers of pixels, so a picture's left edge is at -0.5.
Models count from the edge of their input instead, which is half a pixel more.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from dlc.faces.pixels import RegionSource
from dlc.geometry import Box

# Pixels read beyond a square: for interpolating at its border, and at the far ends for the rows and
# columns that fall away when lengths are odd and halved up to three times.
_MARGIN_BEFORE, _MARGIN_AFTER = 1, 9


@dataclass(frozen=True, slots=True)
class Square:
    """A rotated square in a picture.

    Attributes:
        x: its center, in pixels.
        y: its center, in pixels.
        size: its side, in pixels.
        angle: radians by which its top side is turned, positive from x towards y (clockwise).
        mirrored: whether it is seen with its left and right exchanged.
    """

    x: float
    y: float
    size: float
    angle: float
    mirrored: bool = False

    def matrix(self, side: int) -> NDArray[np.float64]:
        """Return the 2 x 3 affine that takes the picture's points to the square's own.

        The square's points are in units of a `side` x `side` input, counted from its edges.
        """
        scale = side / self.size
        cos, sin = scale * math.cos(self.angle), scale * math.sin(self.angle)
        flip = -1.0 if self.mirrored else 1.0
        linear = np.array([[flip * cos, flip * sin], [-sin, cos]])
        offset = side / 2 - linear @ np.array([self.x, self.y])
        return np.column_stack([linear, offset])

    def to_picture(self, points: NDArray[np.float32], side: int) -> NDArray[np.float32]:
        """Take points (n, 2 or 3) of a `side` x `side` input to the picture, z to its scale."""
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
    """Pixels copied out of a picture.

    Attributes:
        box: where they were.
        bgr: uint8 (box.height, box.width, 3).
    """

    box: Box
    bgr: NDArray[np.uint8]

    def warp(self, square: Square, side: int) -> NDArray[np.uint8]:
        """Return the square as uint8 (side, side, 3); beyond the cutout its edge is repeated."""
        matrix, scale = square.matrix(side), square.size / side
        left, top, bgr = self._around(square)
        matrix[:, 2] += matrix[:, :2] @ (left, top)
        while scale >= 2 and min(bgr.shape[:2]) > 1:
            # Bilinear sampling reads 2 x 2 pixels: at smaller scales it would skip some and make
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

    def _around(self, square: Square) -> tuple[int, int, NDArray[np.uint8]]:
        """Return the part of the pixels that a square can touch, and where in the picture it is."""
        part = square.bounds(self.box.right, self.box.bottom).intersection(self.box)
        if part.is_empty:
            part = self.box
        rows = slice(part.top - self.box.top, part.bottom - self.box.top)
        columns = slice(part.left - self.box.left, part.right - self.box.left)
        return part.left, part.top, self.bgr[rows, columns]


def cut_out(picture: RegionSource, square: Square) -> Cutout | None:
    """Copy the pixels around a square; None where it lies outside the picture."""
    box = square.bounds(picture.width, picture.height)
    return None if box.is_empty else Cutout(box, picture.region(box))


def to_tensor(images: Sequence[NDArray[np.uint8]], low: float, high: float) -> NDArray[np.float32]:
    """Return BGR images of one size as RGB planes, float32 (n, 3, h, w), in [low, high]."""
    height, width = images[0].shape[:2]
    tensor = np.empty((len(images), 3, height, width), np.float32)
    scale = np.float32((high - low) / 255)
    for planes, image in zip(tensor, images, strict=True):
        np.multiply(image.transpose(2, 0, 1)[::-1], scale, out=planes)
    if low:
        tensor += np.float32(low)
    return tensor


def _halved(bgr: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Average blocks of 2 x 2 pixels; an odd last row or column falls away."""
    rows, columns = (length // 2 for length in bgr.shape[:2])
    whole = bgr[: rows * 2, : columns * 2]
    half = cv2.resize(whole, (columns, rows), interpolation=cv2.INTER_AREA)
    return half.astype(np.uint8, copy=False)

"""The eight ways a stored picture can lie, and how to bring it upright.

A camera stores rows as its sensor reads them and notes beside them how to turn the picture for
display: EXIF does it with a number from 1 to 8, video containers with a display matrix. Both say
one of the same eight things, which are written here as "transpose, then mirror".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2

from dlc.arrays import Array
from dlc.geometry import Box


@dataclass(frozen=True, slots=True)
class Orientation:
    """How coded pixels become upright ones.

    Attributes:
        transposed: rows and columns change places first.
        mirrored_x: then the picture is mirrored left to right.
        mirrored_y: and top to bottom.
    """

    transposed: bool = False
    mirrored_x: bool = False
    mirrored_y: bool = False

    @classmethod
    def from_exif(cls, value: int) -> Orientation:
        """Return the orientation that an EXIF Orientation tag (0x0112) means.

        Args:
            value: 1 to 8; anything else counts as 1, upright, as readers of EXIF do.
        """
        return _FROM_EXIF.get(value, UPRIGHT)

    @classmethod
    def from_display_matrix(cls, matrix: Sequence[int]) -> Orientation:
        """Return the orientation that a container's display matrix means.

        Args:
            matrix: nine integers a b u c d v x y w in FFmpeg's layout; a coded pixel (p, q) is
                shown at (a p + c q + x, b p + d q + y). A turn that is no multiple of 90 degrees
                counts as the nearest one that is.
        """
        a, b, _, c, d = matrix[:5]
        if abs(a) + abs(d) >= abs(b) + abs(c):
            return cls(False, a < 0, d < 0)
        return cls(True, c < 0, b < 0)

    @property
    def display_matrix(self) -> tuple[int, ...]:
        """The display matrix that says the same, without a translation (16.16 fixed point)."""
        x = -(1 << 16) if self.mirrored_x else 1 << 16
        y = -(1 << 16) if self.mirrored_y else 1 << 16
        top = (0, y, 0, x, 0, 0) if self.transposed else (x, 0, 0, 0, y, 0)
        return (*top, 0, 0, 1 << 30)

    def upright_size(self, width: int, height: int) -> tuple[int, int]:
        """Return width and height as displayed of a picture coded as `width` x `height`."""
        return (height, width) if self.transposed else (width, height)

    def to_upright(self, coded: Array) -> Array:
        """Return an (h, w) or (h, w, channels) array of coded pixels as displayed."""
        return self._mirror(cv2.transpose(coded) if self.transposed else coded)

    def to_coded(self, upright: Array) -> Array:
        """Return an (h, w) or (h, w, channels) array of displayed pixels as coded."""
        pixels = self._mirror(upright)
        return cv2.transpose(pixels) if self.transposed else pixels

    def box_to_coded(self, box: Box, width: int, height: int) -> Box:
        """Return where a rectangle of the upright picture lies among the coded pixels.

        Args:
            box: a rectangle of the upright picture.
            width: of the upright picture in pixels.
            height: of the upright picture in pixels.
        """
        left, top, right, bottom = box
        if self.mirrored_x:
            left, right = width - right, width - left
        if self.mirrored_y:
            top, bottom = height - bottom, height - top
        return Box(top, left, bottom, right) if self.transposed else Box(left, top, right, bottom)

    def box_to_upright(self, box: Box, width: int, height: int) -> Box:
        """Return where a rectangle of coded pixels lies in the upright picture.

        Args:
            box: a rectangle of the coded picture.
            width: of the upright picture in pixels.
            height: of the upright picture in pixels.
        """
        left, top, right, bottom = box
        if self.transposed:
            left, top, right, bottom = top, left, bottom, right
        if self.mirrored_x:
            left, right = width - right, width - left
        if self.mirrored_y:
            top, bottom = height - bottom, height - top
        return Box(left, top, right, bottom)

    def _mirror(self, pixels: Array) -> Array:
        if self.mirrored_x and self.mirrored_y:
            return cv2.flip(pixels, -1)
        if self.mirrored_x:
            return cv2.flip(pixels, 1)
        if self.mirrored_y:
            return cv2.flip(pixels, 0)
        return pixels


UPRIGHT = Orientation()

# CIPA DC-008 (EXIF 2.32), tag 274: which visual edges row 0 and column 0 are.
_FROM_EXIF = {
    1: UPRIGHT,
    2: Orientation(False, True, False),
    3: Orientation(False, True, True),
    4: Orientation(False, False, True),
    5: Orientation(True, False, False),
    6: Orientation(True, True, False),
    7: Orientation(True, True, True),
    8: Orientation(True, False, True),
}

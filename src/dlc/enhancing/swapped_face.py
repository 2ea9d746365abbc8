"""A face as viewers would see it: the frame with a patch in it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from dlc.arrays import Image, Matrix
from dlc.compositing.filters import blend, cut
from dlc.compositing.patch import Patch
from dlc.faces.crop import Cutout, Square
from dlc.faces.pixels import Pixels
from dlc.geometry import Box


@dataclass(frozen=True, slots=True, eq=False)
class SwappedFace:
    """A patch in its place, and the square in which a model sees it.

    Attributes:
        patch: the new face.
        square: the model's square in the frame.
        surroundings: the frame's pixels around the square, with the patch pasted.
    """

    patch: Patch
    square: Square
    surroundings: Cutout

    @classmethod
    def of(cls, frame: Pixels, patch: Patch, square: Square) -> SwappedFace | None:
        """Read the surroundings of a patch; None if the square lies outside the frame."""
        box = square.bounds(frame.width, frame.height)
        if box.is_empty:
            return None
        return cls(patch, square, Cutout(box, _with_patch(frame.region(box), box, patch)))

    def crop(self, side: int) -> Image:
        """Return the square as uint8 (side, side, 3) BGR."""
        return self.surroundings.warp(self.square, side)

    def matrix(self, side: int) -> Matrix:
        """Return the similarity (2, 3) from the patch's pixels to those of `crop(side)`."""
        return self.square.pixel_matrix(side, self.patch.box)

    def plus(self, levels: NDArray[np.int16], share: float) -> Patch:
        """Return the patch with something added to its pixels where they are pasted.

        Args:
            levels: int16 (height, width, 3), differences of BGR on the patch's own pixels.
            share: how much of it to add, 0 to 1.
        """
        patch = self.patch
        changed = cv2.addWeighted(patch.bgr, 1.0, levels, share, 0.0, dtype=cv2.CV_8U)
        bgr = np.where(patch.alpha[..., None] > 0, changed, patch.bgr)
        return replace(patch, bgr=np.asarray(bgr, np.uint8))


def _with_patch(bgr: Image, box: Box, patch: Patch) -> Image:
    """Return the pixels of `box` as they will be once the patch is pasted."""
    both = Box(
        max(box.left, patch.box.left),
        max(box.top, patch.box.top),
        min(box.right, patch.box.right),
        min(box.bottom, patch.box.bottom),
    )
    if both.is_empty:
        return bgr
    changed = bgr.copy()
    under, over = cut(changed, _within(both, box)), _within(both, patch.box)
    opacity = cut(patch.alpha, over) * np.float32(1 / 255)
    under[...] = blend(cut(patch.bgr, over), under, opacity)
    return changed


def _within(box: Box, outer: Box) -> Box:
    """Return a rectangle in the coordinates of another one that contains it."""
    x, y = outer.left, outer.top
    return Box(box.left - x, box.top - y, box.right - x, box.bottom - y)

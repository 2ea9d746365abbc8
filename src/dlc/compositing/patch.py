"""The result of a swapper: new pixels for one rectangle of a frame."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from dlc.arrays import Bytes, Floats, Image
from dlc.geometry import Box


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """New pixels for a rectangle of the upright frame.

    Attributes:
        box: where the pixels belong; lies inside the frame.
        bgr: uint8 (box.height, box.width, 3), BGR.
        alpha: uint8 (box.height, box.width): 0 keeps the frame's pixel, 255 replaces it.
        front: float32 (box.height, box.width), 0 to 1: how far something in front hides the new
            pixels; None if nothing does. It is apart from `alpha`, so that effects work on a whole
            face and its own edge.
    """

    box: Box
    bgr: Image
    alpha: Bytes
    front: Floats | None = None

    @property
    def shown(self) -> Bytes:
        """The alpha to paste with, uint8: less where something is in front."""
        if self.front is None:
            return self.alpha
        return np.asarray(cv2.multiply(self.alpha, 1 - self.front, dtype=cv2.CV_8U), np.uint8)

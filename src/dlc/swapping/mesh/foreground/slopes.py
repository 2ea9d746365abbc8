"""How much slopes of luma vary around each pixel, and in which direction.

Strands go up and down; the edge of a shadow, or of a shine, goes up or down once.
"""

from __future__ import annotations

import math

import cv2
import numpy as np

from dlc.arrays import Floats, Gray
from dlc.compositing.filters import blur, resize, smoothstep
from dlc.swapping.mesh.light.tone import TONE_SIZE

# Pixels of the fine image in one of TONE_SIZE, in each direction.
_FINER = 2
# Pixels of the fine image: radius over which light is averaged, and below which detail is noise;
# and gray levels below which there is too little light.
_LIGHT, _NOISE, _DARK = 5.0, 0.8, 16.0
# Radius in pixels of TONE_SIZE within which strands hang side by side.
_BESIDE = 2.0
# Cosine of twice the angle to the vertical, 1 for upright and -1 for level, of what may be strands,
# and of what surely is.
_UPRIGHT = (-0.3, 0.4)
# Rows of TONE_SIZE at the ends of a part that tell less, as what is beyond them is unknown.
REACH = math.ceil(3 * _LIGHT / _FINER)


class Slopes:
    """The structure tensor of luma, less that of its mean slope.

    Attributes:
        total: float32 (rows, TONE_SIZE), variance of the slopes in all directions.
    """

    def __init__(self, luma: Gray, rows: slice, most: float = math.inf) -> None:
        """Measure rows of TONE_SIZE.

        Args:
            luma: uint8 (2 * TONE_SIZE, 2 * TONE_SIZE).
            rows: which to measure.
            most: slope, relative to the light, from which all count alike.
        """
        part = luma[rows.start * _FINER : rows.stop * _FINER].astype(np.float32)
        part /= np.maximum(blur(part, _LIGHT), _DARK)
        detail = blur(part, _NOISE)
        x, y = _slope(detail, 1, 0), _slope(detail, 0, 1)
        if most < math.inf:
            steep = np.maximum(_length(x, y) / most, 1)
            x /= steep
            y /= steep
        size = (TONE_SIZE, rows.stop - rows.start)
        products = x, y, x * x, y * y, x * y
        x, y, xx, yy, xy = (blur(resize(each, size), _BESIDE) for each in products)
        across, down = xx - x * x, yy - y * y
        self.total: Floats = across + down
        self._across: Floats = across - down
        self._slanting: Floats = 2 * (xy - x * y)

    def strands(self) -> Floats:
        """Return the mean slope of what hangs down: float32 (rows, TONE_SIZE)."""
        directed = _length(self._across, self._slanting)
        cosine = np.asarray(self._across / np.maximum(directed, 1e-9), np.float32)
        strands: Floats = np.sqrt(directed * smoothstep(cosine, *_UPRIGHT))
        return strands


def _slope(image: Floats, across: int, down: int) -> Floats:
    """Return the change of an image from one pixel to the next in one direction."""
    return np.asarray(cv2.Sobel(image, -1, across, down, scale=1 / 8), np.float32)


def _length(x: Floats, y: Floats) -> Floats:
    return np.asarray(cv2.magnitude(x, y), np.float32)

"""Frowns, dimples and folds: what the target's skin does now and did not do on average.

Source of the idea: Z. Liu, Y. Shan, Z. Zhang, "Expressive expression mapping with ratio images",
SIGGRAPH 2001. Here the neutral face is the track's running mean in the atlas.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from dlc.compositing.filters import blur
from dlc.swapping.mesh.tone import LUMA

Image = NDArray[np.float32]

# How much of the ratio is carried over: all of it also carries the target's own features.
_POWER = 0.3
# Detail between these blur radii (atlas pixels) counts: finer is noise, coarser is light.
_FINE, _COARSE = 1.2, 8.0
_SLOWEST_RATE = 0.01


class ExpressionRatio:
    """One track's ratio of present to mean skin detail."""

    def __init__(self) -> None:
        """Start without any memory."""
        self._mean: Image | None = None
        self._frames = 0

    def update(self, texture: Image) -> Image:
        """Take a frame's atlas (S, S, 3); return the factor (S, S) for the source's texture."""
        luma = texture @ LUMA
        fine = blur(luma, _FINE)
        detail = fine / np.maximum(blur(luma, _COARSE), 8.0)
        self._frames += 1
        if self._mean is None:
            self._mean = detail
        rate = max(1.0 / self._frames, _SLOWEST_RATE)
        self._mean = cv2.addWeighted(detail, rate, self._mean, 1 - rate, 0.0)
        ratio = np.clip(detail / np.maximum(self._mean, 0.05), 0.6, 1.6)
        factor: Image = ratio ** np.float32(_POWER)
        return factor

"""Keeps hair, or anything else dark, in front of a target's forehead and cheeks."""

from __future__ import annotations

import numpy as np

from dlc.arrays import Floats
from dlc.compositing.filters import blur, broad_blur, smoothstep
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.tone import LUMA, TONE_SIZE
from dlc.swapping.mesh.masks import depth_inside, skin_mask, uncertain_margin

# Luma, relative to the face's middle, of what may be in front of skin, and of what surely is.
_DARKER = (0.62, 0.42)
# Gray levels; below this, dark things cannot be told from skin in the dark.
_DARK = 8.0
# Face widths: how far inside the oval the middle of the face begins, and the radius over which its
# luma is averaged.
_MIDDLE = 0.12
_SIGMA = 0.15


class HairFinder:
    """Finds what is darker than skin where hair may be."""

    def __init__(self, layout: Layout) -> None:
        """Prepare the zone to search."""
        self._zone = uncertain_margin(layout, TONE_SIZE)
        self._middle = skin_mask(layout, TONE_SIZE) * (depth_inside(layout, TONE_SIZE) > _MIDDLE)
        self._sigma = _SIGMA * TONE_SIZE * layout.face_width

    def find(self, texture: Floats, seen: Floats) -> Floats:
        """Return how certainly each pixel is covered: float32 (TONE_SIZE, TONE_SIZE), 0 to 1.

        Args:
            texture: float32 (TONE_SIZE, TONE_SIZE, 3) BGR, the target in the atlas.
            seen: float32 (TONE_SIZE, TONE_SIZE), how much to trust each pixel.
        """
        luma = texture @ LUMA
        skin = self._middle * seen
        usual = broad_blur(luma * skin, self._sigma)
        usual /= np.maximum(broad_blur(skin, self._sigma), 1e-4)
        darker = blur(luma, 1.0)
        darker /= np.maximum(usual, _DARK)
        return smoothstep(darker, *_DARKER) * self._zone

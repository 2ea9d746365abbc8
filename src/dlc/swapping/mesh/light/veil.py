"""Veil: stray light or raised blacks, which keep dark detail from being fully dark."""

from __future__ import annotations

import numpy as np

from dlc.arrays import Floats
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.tone import LUMA, TONE_SIZE, Tone
from dlc.swapping.mesh.masks import depth_inside

# Face widths inside the oval beyond which there is nothing but the face.
_INSIDE = 0.03
# Lashes, nostrils, pupils: the darkest share of a face, and its largest brightness without a veil,
# as a share of the face's light.
_DARKEST = 0.005
_DARK = 0.5
# Smallest share of the light that belongs to the face itself.
_CLEAR = 0.2


class VeilMeter:
    """Measures veils over faces, in the atlas."""

    def __init__(self, layout: Layout) -> None:
        """Choose the pixels of one atlas layout."""
        face = depth_inside(layout, TONE_SIZE) > _INSIDE
        face[1::2] = face[:, 1::2] = False  # a quarter of them tells as much
        self._face = np.nonzero(face)

    def level(self, texture: Floats, tone: Tone) -> float:
        """Return the least brightness of the veil in gray levels; 0 if there may be none.

        Args:
            texture: float32 (TONE_SIZE, TONE_SIZE, 3) BGR, 0 to 255.
            tone: the tone of the same face.
        """
        luma = texture[self._face] @ LUMA
        rank = int(_DARKEST * luma.size)
        darkest = float(np.partition(luma, rank)[rank])
        return max(darkest - _DARK * self._light(tone), 0.0) / (1 - _DARK)

    def clearness(self, veil: float, tone: Tone) -> float:
        """Return the share of a face's light that does not come from a veil of this many levels."""
        return max(1 - veil / max(self._light(tone), 1.0), _CLEAR)

    def _light(self, tone: Tone) -> float:
        return float((tone.light[self._face] @ LUMA).mean())

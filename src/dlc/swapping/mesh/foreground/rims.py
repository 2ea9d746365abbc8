"""Thins the upper rims of glasses to what can be seen of them.

The network sees a face at half of the resolution that is painted, and says where rims are rather
than how thick. On skin that makes no difference; between thin upper rims and the brows, its matte
would hide the new face's brows behind the target's skin.
"""

from __future__ import annotations

import cv2
import numpy as np

from dlc.arrays import Floats, Gray
from dlc.compositing.filters import blur, ellipse, grow, smoothstep
from dlc.swapping.mesh.flat_face import DETAIL_SIZE
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.masks import height_above_eyes, top_of_brows

# Face widths above the corners of the eyes from where brows may be, and above the mesh's brows up
# to where.
_BROWS, _OVER = (0.02, 0.05), 0.1
# Broadest rim that is thinned, and softness of its edge, in pixels of DETAIL_SIZE.
_THIN, _SOFT = ellipse(9), 0.7
# Certainty from which a pixel tells how much rims stand out, and the percentile of these that
# counts; the shares of it from which a pixel belongs to a rim; and the least, relative to the
# light, that can be told from noise.
_CERTAIN, _USUAL, _RIM, _LEAST = 0.5, 90, (0.2, 0.45), 0.06
# Radius over which light is measured, in pixels, and gray levels below which it is noise.
_LIGHT, _DARK = 8.0, 12.0


class RimThinner:
    """Reduces mattes of glasses to the lines within them, near the brows."""

    def __init__(self, layout: Layout) -> None:
        """Find where brows may be."""
        above = smoothstep(height_above_eyes(layout, DETAIL_SIZE), *_BROWS)
        top = top_of_brows(layout, DETAIL_SIZE) - _OVER * DETAIL_SIZE * layout.face_width
        self._rows = slice(int(top), int(np.count_nonzero(above)))
        self._near = above[self._rows]

    def thin(self, glasses: Floats, luma: Gray) -> Floats:
        """Return a thinner matte.

        Args:
            glasses: float32 (DETAIL_SIZE, DETAIL_SIZE), 0 to 1.
            luma: uint8 (DETAIL_SIZE, DETAIL_SIZE), the face in the atlas.
        """
        broad = glasses[self._rows]
        lines = _lines(luma[self._rows])
        certain = lines[broad > _CERTAIN]
        if not certain.size:
            return glasses
        usual = np.float32(max(float(np.percentile(certain, _USUAL)), _LEAST))
        seen = blur(grow(smoothstep(lines / usual, *_RIM), 1), _SOFT)
        thinner = glasses.copy()
        thinner[self._rows] = broad * (1 - self._near * (1 - seen))
        return thinner


def _lines(luma: Gray) -> Floats:
    """Return how far each pixel stands out from both sides, relative to the light there."""
    bright, dark = (
        cv2.morphologyEx(luma, way, _THIN) for way in (cv2.MORPH_TOPHAT, cv2.MORPH_BLACKHAT)
    )
    light = np.maximum(blur(luma.astype(np.float32), _LIGHT), _DARK)
    return np.asarray(np.maximum(bright, dark) / light, np.float32)

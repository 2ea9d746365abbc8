"""Brightens faces in the dark, so that thin things stand out from them as usual."""

from __future__ import annotations

import cv2
import numpy as np

from dlc.arrays import Gray
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.masks import depth_inside, skin_mask

# Mean luma that is not too dark for a face; and by how much noise may be brightened, too.
_USUAL, _MOST = 110.0, 4.0
# Face widths inside the oval beyond which there is no hair.
_INSIDE = 0.1


class UsualLight:
    """Brightens atlas images of one size."""

    def __init__(self, layout: Layout, size: int) -> None:
        """Choose the skin that tells how bright a face is."""
        skin = (skin_mask(layout, size) > 0.5) & (depth_inside(layout, size) > _INSIDE)
        self._skin: Gray = skin.astype(np.uint8)

    def show(self, luma: Gray) -> Gray:
        """Return a face in the light that faces usually have; one that has it as it is.

        Args:
            luma: uint8 (size, size).
        """
        factor = min(_USUAL / max(cv2.mean(luma, self._skin)[0], 1.0), _MOST)
        return (
            luma if factor <= 1 else np.asarray(cv2.convertScaleAbs(luma, alpha=factor), np.uint8)
        )

"""Finds the broad black upper rims of some glasses, which are more than a line."""

from __future__ import annotations

import numpy as np

from dlc.arrays import Flags, Floats
from dlc.compositing.filters import blur
from dlc.swapping.mesh.foreground.parts import label_parts
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.masks import away_from_midline, height_above_eyes, rings_mask, skin_mask

# Luma, relative to skin, of what is black; brows seldom are.
_BLACK = 0.28
# Face widths above the corners of the eyes, and from the midline, up to which such rims reach.
_UPPER, _ASIDE = 0.16, 0.42
# Face widths around the eyes in which lashes are black, too.
_LASHES = 0.02
# Share of a line from which a pixel is part of it.
_LINE = 0.5


class BlackRims:
    """Finds them in atlas images of one size."""

    def __init__(self, layout: Layout, size: int) -> None:
        """Prepare the place to search in atlas images (size, size)."""
        self._skin = skin_mask(layout, size) > 0.5
        self._zone = _zone(layout, size)

    def next_to(self, lines: Floats, luma: Floats) -> Floats:
        """Return how far each pixel is part of something black at a rim: float32, 0 to 1.

        Args:
            lines: float32 (size, size), 0 to 1, the lines of the rims.
            luma: float32 (size, size).
        """
        skin = float(np.median(luma[self._skin]))
        black, rims = (luma < _BLACK * skin) & self._zone, lines > _LINE
        labels = label_parts(black | rims)
        kept = black & np.isin(labels, labels[rims])
        return blur(kept.astype(np.float32), 1.0)


def _zone(layout: Layout, size: int) -> Flags:
    """Return where upper rims are: bool (size, size)."""
    above, aside = height_above_eyes(layout, size), away_from_midline(layout, size)
    zone = (above > 0) & (above < _UPPER) & (aside < _ASIDE)
    eyes = [layout.topology.left_eye.tolist(), layout.topology.right_eye.tolist()]
    return np.asarray(zone & (rings_mask(layout, size, eyes, _LASHES) == 0), np.bool_)

"""The finest detail of skin: pores, fine wrinkles and stubble, if a picture resolves them."""

from __future__ import annotations

import math

import numpy as np

from dlc.arrays import Floats
from dlc.compositing.filters import blur, cut
from dlc.geometry import Box

# Vertices on both cheeks and the forehead, and half the side of a square of skin around each, in
# face widths.
_SPOTS, _REACH = (50, 280, 151), 0.06
# Detail is what a blur of this radius, in face widths, removes.
_FINEST = 0.0014
# Gray levels below which light is noise, and mean amplitude of rounding to whole gray levels.
_DARK, _ROUNDING = 8.0, 0.2


def detail_strength(luma: Floats, points: Floats, face_width: float) -> float:
    """Return the mean amplitude of the skin's finest detail as a share of its light.

    It is the median of what both cheeks and the forehead show; 0 if the picture shows none of them.

    Args:
        luma: float32 (h, w).
        points: float32 (N, 2) or more columns, the mesh in its pixels.
        face_width: of the face in pixels.
    """
    rows, columns = luma.shape
    reach = _REACH * face_width
    shares = []
    for x, y in points[list(_SPOTS), :2]:
        box = Box.around((x - reach, y - reach), (x + reach, y + reach))
        skin = cut(luma, box.clipped(columns, rows))
        if skin.size:
            finest = float(np.abs(skin - blur(skin, _FINEST * face_width)).mean())
            seen = math.sqrt(max(finest**2 - _ROUNDING**2, 0.0))
            shares.append(seen / max(float(skin.mean()), _DARK))
    return float(np.median(shares)) if shares else 0.0

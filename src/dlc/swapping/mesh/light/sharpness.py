"""Sharpness: gives a soft or moving shot a soft face."""

from __future__ import annotations

import numpy as np

from dlc.arrays import Floats
from dlc.compositing.filters import blur
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.masks import skin_mask

# Fine detail is what a blur of this radius, in face widths, removes.
_SIGMA = 0.006
# Detail above this amplitude (gray levels) is an edge, not skin.
_EDGE = 12.0
# Less would smear; more would show the photo's grain.
_FACTOR = (0.75, 1.5)


def fine_detail(luma: Floats, layout: Layout) -> Floats:
    """Return the finest band of an atlas image (S, S)."""
    sigma = max(luma.shape[0] * layout.face_width * _SIGMA, 0.6)
    return luma - blur(luma, sigma)


def fine_energy(luma: Floats, layout: Layout) -> float:
    """Return the mean amplitude of the skin's fine detail in an atlas image (S, S), gray levels."""
    skin = skin_mask(layout, luma.shape[0])
    fine = np.minimum(np.abs(fine_detail(luma, layout)), _EDGE)
    return float(np.vdot(fine, skin) / skin.sum())


def sharpness_factor(target: float, source: float) -> float:
    """Return the factor for the source's fine detail, from both faces' energies."""
    low, high = _FACTOR
    return min(max(target / max(source, 0.05), low), high)

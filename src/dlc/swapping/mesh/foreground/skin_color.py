"""Tells skin, in whatever light, from things of another color."""

from __future__ import annotations

import numpy as np

from dlc.arrays import Floats
from dlc.compositing.filters import smoothstep
from dlc.swapping.mesh.light.tone import LUMA

# Gray levels; the darker something is than that, the more of its color is noise.
_DARK = 20.0
# Shares of the skin's color: what has the first, or less, is something gray or black, such as a
# microphone; what has the second is skin in the shade, or a beard.
_COLORED = (0.4, 0.7)
# Smallest difference between red and blue of skin, relative to luma; pictures without color have
# less.
_GRAY = 0.1
# Differences from the skin's color, relative to luma, of what may be no skin, and of what surely is
# none, such as red hair. Measured on 750 portraits: light of two colors is seldom so different.
_OTHER = (0.25, 0.45)


def like_skin(color: Floats, skin: Floats) -> Floats:
    """Return how certainly pixels have as much color as skin, 0 to 1; without color all have.

    Args:
        color: float32 (h, w, 3), BGR of a face, smoothed a little.
        skin: float32 (h, w, 3), BGR that skin has there, or nearby.
    """
    warmth, usual = (
        (image[..., 2] - image[..., 0]) / np.maximum(image @ LUMA, _DARK) for image in (color, skin)
    )
    share = smoothstep(warmth / np.maximum(usual, _GRAY), *_COLORED)
    return np.where(usual < _GRAY, np.float32(1), share)


def unlike_skin(color: Floats, skin: Floats) -> Floats:
    """Return how certainly pixels have another color than skin, 0 to 1.

    A shine on skin is paler than skin and does not count.

    Args:
        color: float32 (h, w, 3), BGR of a face, smoothed a little.
        skin: float32 (h, w, 3), BGR that skin has there, or nearby.
    """
    luma, usual = color @ LUMA, skin @ LUMA
    hue, skins = (
        image / np.maximum(light, 1)[..., None] for image, light in ((color, luma), (skin, usual))
    )
    apart, saturation, usual_saturation = map(_length, (hue - skins, hue - 1, skins - 1))
    apart *= np.minimum(np.minimum(luma, usual) / _DARK, 1)
    shines = (luma > usual) & (saturation < usual_saturation)
    return smoothstep(apart, *_OTHER) * ~shines


def _length(differences: Floats) -> Floats:
    """Return the Euclidean length of differences (h, w, 3); NumPy's own is ten times as slow."""
    length: Floats = np.sqrt(differences**2 @ np.ones(3, np.float32))
    return length

"""Frowns, dimples and folds: how the target's skin differs now from its average.

Source of the idea: Z. Liu, Y. Shan, Z. Zhang, "Expressive expression mapping with ratio images",
SIGGRAPH 2001. Here the neutral face is the track's running mean in the atlas.
"""

from __future__ import annotations

import numpy as np

from dlc.arrays import Floats
from dlc.compositing.filters import blur
from dlc.swapping.mesh.light.tone import LUMA

# How much of the ratio is applied: all of it would also carry over the target's features.
_POWER = 0.3
# Only relief between these blur radii (atlas pixels) counts: finer is noise, coarser is light.
_FINE, _COARSE = 1.2, 8.0
# Anything beyond is not an expression but a hand, a shadow, or a mesh that slipped.
_RATIO = (0.6, 1.6)


def skin_relief(texture: Floats) -> Floats:
    """Return how light each pixel is next to its surroundings: 1 on even skin, less in a fold.

    Args:
        texture: float32 (TONE_SIZE, TONE_SIZE, 3) BGR, 0 to 255.
    """
    luma = texture @ LUMA
    relief: Floats = blur(luma, _FINE) / np.maximum(blur(luma, _COARSE), 8.0)
    return relief


def expression_gain(relief: Floats, neutral: Floats) -> Floats:
    """Return the factor that puts the current relief on a texture of a neutral face."""
    floor: Floats = np.maximum(neutral, 0.05)
    gain: Floats = np.clip(relief / floor, *_RATIO) ** np.float32(_POWER)
    return gain

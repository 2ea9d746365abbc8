"""Gives a source the color that its light left out.

In a dark or very warm photo, skin has next to no blue, and most of that is noise. A target in
brighter light would need more of it than noise allows, and its new face would be yellow.
"""

from __future__ import annotations

import numpy as np

from dlc.arrays import Floats
from dlc.compositing.filters import resize, smoothstep
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.tone import LUMA, TONE_SIZE, ToneMeter
from dlc.swapping.mesh.source.photo import ATLAS_SIZE

# Gray levels of a channel of the skin's light from which it can be brightened enough for any
# target, and below which luma takes its place.
_ENOUGH, _TOO_FEW = 45.0, 20.0
# Mean B, G and R of people's skin in white light, relative to their luma: the median of 1,285
# portraits.
_USUAL = np.array([0.76, 0.92, 1.26], np.float32)


def without_dim_channels(texture: Floats, sure: Floats, layout: Layout) -> Floats:
    """Return a texture in which no channel of skin is much darker than its luma, which stays.

    Args:
        texture: float32 (S, S, 3), BGR, 0 to 255; S is ATLAS_SIZE.
        sure: float32 (S, S), 1 where it shows skin, 0 where it doesn't.
        layout: the atlas.
    """
    size = (TONE_SIZE, TONE_SIZE)
    light = ToneMeter(layout).measure(resize(texture, size), resize(sure, size)).light
    lack = 1 - smoothstep(light, _TOO_FEW, _ENOUGH)
    if not lack.any():
        return texture
    luma = (texture @ LUMA)[..., None]
    usual = np.maximum(luma * _USUAL, texture)
    filled: Floats = texture + (usual - texture) * resize(lack, (ATLAS_SIZE, ATLAS_SIZE))
    filled *= luma / np.maximum((filled @ LUMA)[..., None], 1.0)
    return filled

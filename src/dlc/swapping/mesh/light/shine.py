"""Keeps shine from growing with the skin's lightness.

Shine is light that skin reflects unchanged, so on lighter skin it is a smaller share of the light.
And there it soon exceeds what a picture can show: instead of being cut off to white, it is
compressed into the room that is left.
"""

from __future__ import annotations

import numpy as np

from dlc.arrays import Floats
from dlc.swapping.mesh.light.tone import LUMA, lightening

# Skin this share brighter than the skin around it shines.
_SHINE = 0.15
# Gain from which shine does not grow in proportion.
_LIGHTER = 1.1
# Brightest luma that shows any detail; and the least room for shine, as a share of the light.
_BRIGHTEST, _LEAST_ROOM = 250.0, 0.1


def shine_of(texture: Floats, light: Floats) -> Floats:
    """Return how far pixels shine: float32 (h, w), as shares of the light.

    Args:
        texture: float32 (h, w, 3), BGR, 0 to 255.
        light: float32 (h, w, 3), the smooth light on it.
    """
    brightness = (texture @ LUMA) / np.maximum(light @ LUMA, 1.0)
    shine: Floats = np.maximum(brightness - 1 - _SHINE, 0)
    return shine


def shining_part(texture: Floats, light: Floats) -> Floats:
    """Return the part of the pixels that is shine: float32 (h, w, 3), in their own color.

    In the skin's color, whose complement would be left where lips shine, these would turn green.

    Args:
        texture: float32 (h, w, 3), BGR, 0 to 255.
        light: float32 (h, w, 3), the smooth light on it.
    """
    shine = shine_of(texture, light)[..., None]
    return texture * (shine / (shine + 1 + _SHINE))


def dulling(shine: Floats, light: Floats, gain: Floats) -> Floats:
    """Return the share of the source's shine that a target's skin does not show: float32 (h, w).

    Args:
        shine: float32 (h, w), from `shine_of`, times the contrast it will be painted with.
        light: float32 (h, w, 3), the light on the source's skin.
        gain: float32 (h, w, 3), factor to the light on the target's.
    """
    new = np.maximum((light * gain) @ LUMA, 1.0)
    room = np.maximum(_BRIGHTEST / new - 1 - _SHINE, _LEAST_ROOM)
    kept = _LIGHTER / np.maximum(gain @ LUMA, _LIGHTER)
    dulled: Floats = 1 - kept / (1 + lightening(gain) * shine * kept / room)
    return dulled

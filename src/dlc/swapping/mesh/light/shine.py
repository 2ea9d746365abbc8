"""Keeps shine from growing with the skin's lightness, and from turning blue.

Shine is light that skin reflects unchanged, so on lighter skin it is a smaller share of the light.
And there it soon exceeds what a picture can show: instead of being cut off to white, it is
compressed into the room that is left. Nor is it ever colder than white.
"""

from __future__ import annotations

import cv2
import numpy as np

from dlc.arrays import Bytes, Floats
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


def bright_skin(texture: Floats, light: Floats) -> Bytes:
    """Return 255 on skin brighter than the skin around it, 0 elsewhere: uint8 (h, w).

    Args:
        texture: float32 (h, w, 3), BGR, 0 to 255.
        light: float32 (h, w, 3), the smooth light on it.
    """
    brighter = texture @ LUMA > light @ LUMA
    reddish = texture[..., 2] >= texture.max(axis=2)
    return np.asarray((brighter & reddish) * 255, np.uint8)


def is_warm(light: Floats, gain: Floats) -> bool:
    """Return whether light (h, w, 3), times a gain, is red rather than green or blue on average."""
    some = (slice(None, None, 8),) * 2  # enough for a mean
    mean = (light[some] * gain[some]).mean(axis=(0, 1))
    return bool(mean[2] >= mean.max())


def at_most_white(bgr: Bytes, bright: Bytes) -> Bytes:
    """Return a face in warm light whose bright skin is nowhere colder than white.

    Skin's highlights are as white as the light. Where those of a source's photo become those of a
    target whose light skin is paler than its shade, both together would go on to cyan.

    Args:
        bgr: uint8 (h, w, 3).
        bright: uint8 (h, w), 255 on skin brighter than the skin around it.
    """
    blue, green, red = cv2.split(bgr)
    white = cv2.max(cv2.max(blue, green), red)
    return np.asarray(cv2.merge([blue, green, cv2.copyTo(white, bright, red)]), np.uint8)


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

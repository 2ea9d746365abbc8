"""Evens out a source's light where it falls from one side.

Broad light is replaced by each target's in any case. The edges of shade are not: a cheek's, or the
shadow of a nose, would look like stains in a target's even light.
"""

from __future__ import annotations

import cv2
import numpy as np

from dlc.arrays import Floats
from dlc.compositing.filters import blur, ellipse, smoothstep
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.tone import LUMA
from dlc.swapping.mesh.masks import skin_mask
from dlc.swapping.mesh.source.photo import ATLAS_SIZE

# Difference of the halves' light, as a natural logarithm, that a face's own asymmetry may explain,
# and from which it is the light alone.
_DIFFERENCE = (0.1, 0.4)
# Gray levels below which light is noise.
_DARK = 4.0
# Radius over which light is smoothed, and that of the edges of what is replaced, in face widths.
_LIGHT, _SOFTNESS = 0.05, 0.04
# Face widths from the middle of the face over which the mirror image sets in.
_BORDER = 0.02
# Edges of shade belong to the shade.
_EDGE = ellipse(2 * round(ATLAS_SIZE * 0.008) + 1)
# How many times more evenly lit the darker half has to be to replace the brighter one: shade hides
# more of a face than light does.
_LEAD = 1.2
_MIDDLE = ATLAS_SIZE // 2


def even_light(texture: Floats, known: Floats, layout: Layout) -> Floats:
    """Replace one half of a face by the other's mirror image, as far as their light differs.

    The half that is lit more evenly stays.

    Args:
        texture: float32 (S, S, 3), BGR, 0 to 255.
        known: float32 (S, S), 1 where the texture was seen, 0 where it was made up.
        layout: the atlas.
    """
    both = np.minimum(known, known[:, ::-1])
    light = _log_light(texture, both, layout)
    uneven = smoothstep(np.abs(light - light[:, ::-1]), *_DIFFERENCE)
    uneven = np.asarray(cv2.dilate(uneven, _EDGE), np.float32)
    unit = ATLAS_SIZE * layout.face_width
    at = np.arange(ATLAS_SIZE, dtype=np.float32) - (_MIDDLE - 0.5)
    replaces_right = _keeps_left(light, skin_mask(layout, ATLAS_SIZE) * both)
    within = smoothstep(at if replaces_right else -at, 0.0, unit * _BORDER)
    share = blur(uneven, unit * _SOFTNESS) * within
    return texture + (texture[:, ::-1] - texture) * share[..., None]


def _log_light(texture: Floats, known: Floats, layout: Layout) -> Floats:
    """Return the logarithm of the light's luma (S, S)."""
    sigma = ATLAS_SIZE * layout.face_width * _LIGHT
    weight = known + np.float32(1e-3)
    smooth = blur((texture @ LUMA) * weight, sigma) / blur(weight, sigma)
    light: Floats = np.log(np.maximum(smooth, _DARK))
    return light


def _keeps_left(light: Floats, skin: Floats) -> bool:
    """Return whether the left half is lit more evenly than the right, judged on skin (S, S)."""
    weight = np.minimum(skin, skin[:, ::-1])[:, :_MIDDLE] + np.float32(1e-6)
    (left, left_spread), (right, right_spread) = (
        _mean_and_spread(half[:, :_MIDDLE], weight) for half in (light, light[:, ::-1])
    )
    return left_spread < right_spread * (_LEAD if left > right else 1 / _LEAD)


def _mean_and_spread(values: Floats, weights: Floats) -> tuple[float, float]:
    mean = np.average(values, weights=weights)
    return float(mean), float(np.average((values - mean) ** 2, weights=weights) ** 0.5)

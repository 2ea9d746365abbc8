"""Takes the rims of glasses off a source's face."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from dlc.arrays import Floats
from dlc.compositing.filters import blur, grow, resize, smoothstep, spread
from dlc.swapping.mesh.foreground.worn import WornFinder
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.tone import LUMA
from dlc.swapping.mesh.masks import (
    LEFT_BROW,
    RIGHT_BROW,
    away_from_midline,
    height_above_eyes,
    rings_mask,
    skin_mask,
)
from dlc.swapping.mesh.source.photo import ATLAS_SIZE
from dlc.swapping.mesh.source.repair import diffuse

# Margin that rims darken or light up, and how far their shadows reach, in pixels of the half-size
# atlas.
_MARGIN, _SHADOWED = 2, 9
# Luma relative to the skin around below which something next to rims is their shadow, and from
# which it is skin; and how far this is around, as a share of the atlas.
_SHADOW, _AROUND = (0.75, 0.92), 0.05
# Opacity of rims or shadow from which skin begins to replace them, and replaces them.
_REPLACED = (0.1, 0.4)
# Face widths from the midline, and below the corners of the eyes, where shadows may be; and from
# eyes and brows where skin is shaded anyway.
_MIDDLE, _BELOW, _NEAR = (0.05, 0.03), (0.0, 0.03), 0.03
# Softness of a shadow's edge, in pixels of the atlas.
_SOFT = 2.0


def without_glasses(texture: Floats, trust: Floats, layout: Layout, finder: WornFinder) -> Floats:
    """Return a texture (S, S, 3) with skin in place of rims of glasses.

    Reflections of the lenses stay.

    Args:
        texture: float32 (S, S, 3), BGR, 0 to 255.
        trust: float32 (S, S), 1 where it shows the face, 0 where it does not.
        layout: the atlas.
        finder: finds them.
    """
    glasses = finder.once(texture, trust).eyewear
    if glasses is None:
        return texture
    full = (ATLAS_SIZE, ATLAS_SIZE)
    removed = resize(grow(glasses, _MARGIN), full)
    skin = skin_mask(layout, ATLAS_SIZE) * trust
    near = resize(grow(glasses, _SHADOWED), full) * skin * _shadow_zone(layout)
    removed = np.maximum(removed, near * _darkness(texture, skin * (1 - removed)))
    # What brows or eyes would smear over skin comes from skin only.
    repaired, bare = (diffuse(texture, known * (1 - removed)) for known in (1, skin))
    share = skin * _off_features(layout) * smoothstep(removed, *_REPLACED)
    return repaired + (bare - repaired) * share[..., None]


def _darkness(texture: Floats, skin: Floats) -> Floats:
    """Return how far each pixel (S, S) is in a shadow: darker than the skin around, 0 to 1."""
    luma: Floats = texture @ LUMA
    radius = ATLAS_SIZE * _AROUND
    around = spread(luma * skin, radius) / np.maximum(spread(skin, radius), 1e-3)
    lightness = np.asarray(luma / np.maximum(around, 1), np.float32)
    return blur(1 - smoothstep(lightness, *_SHADOW), _SOFT)


@lru_cache(maxsize=1)
def _shadow_zone(layout: Layout) -> Floats:
    """Return 1 where skin has no shade of its own like a shadow of rims: float32 (S, S).

    That is below the eyes, and in the middle, where the bridge is.
    """
    away, below = away_from_midline(layout, ATLAS_SIZE), -height_above_eyes(layout, ATLAS_SIZE)
    zone = np.maximum(smoothstep(away, *_MIDDLE), smoothstep(below, *_BELOW))
    return zone * _off_features(layout)


@lru_cache(maxsize=1)
def _off_features(layout: Layout) -> Floats:
    """Return 0 on and near eyes and brows, raised ones, too, and 1 elsewhere: float32 (S, S)."""
    unit = ATLAS_SIZE * layout.face_width
    eyes = [layout.topology.left_eye.tolist(), layout.topology.right_eye.tolist()]
    features = rings_mask(layout, ATLAS_SIZE, [*eyes, LEFT_BROW, RIGHT_BROW], _NEAR)
    return 1 - blur(features, _NEAR / 2 * unit)

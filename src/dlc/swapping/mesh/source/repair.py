"""Repairs a source texture where it is not skin, not seen, or unevenly tinted."""

from __future__ import annotations

import cv2
import numpy as np

from dlc.arrays import Floats
from dlc.compositing.filters import blur, broad_blur, ellipse, grow, resize, smoothstep
from dlc.faces.landmarks.topology import LEFT_EYE_CORNERS, NOSE_BASE, RIGHT_EYE_CORNERS
from dlc.swapping.mesh.foreground.eyewear import EyewearFinder
from dlc.swapping.mesh.foreground.thin_lines import LineFinder
from dlc.swapping.mesh.foreground.usual_light import UsualLight
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.tone import LUMA
from dlc.swapping.mesh.masks import (
    LEFT_BROW,
    RIGHT_BROW,
    depth_inside,
    skin_mask,
    uncertain_margin,
)
from dlc.swapping.mesh.source.photo import ATLAS_SIZE

# Outer corners of the viewer's left and right eye.
_OUTER_CORNERS = (LEFT_EYE_CORNERS[0], RIGHT_EYE_CORNERS[0])
# Depths, in face widths inside the oval, that hair hanging over cheeks and temples does not reach,
# and easily reaches. Below the nose, this would mistake beards for hair.
_HANGING = (0.30, 0.20)
# Lightness, relative to the skin around, of what may be hair there, and of what surely is.
_HAIR = (0.55, 0.40)
# Hair and shadow mix with the skin next to them.
_MIXED = ellipse(2 * round(ATLAS_SIZE * 0.016) + 1)
_TINT_EVENNESS = 0.7
# Margin that rims of glasses darken or light up, in pixels of the half-size atlas.
_RIM_MARGIN = 2
# Radii, as shares of the atlas, at which holes are filled: broad holes first, then their edges.
_BROADEST, *_NARROWER = (0.12, 0.05, 0.02)
# Radius in pixels from which a quarter of the resolution is good enough.
_BROAD = 16.0


def skin_likeness(texture: Floats, layout: Layout) -> Floats:
    """Return 1 where a texture looks like the face's own skin, 0 on hair, clothes and background.

    Only the margin and the forehead can be anything else; brows, eyes, nose and mouth are accepted
    as they are. Skin is compared to the skin around it, so that a shaded cheek stays skin.
    """
    core = skin_mask(layout, ATLAS_SIZE) * (depth_inside(layout, ATLAS_SIZE) > 0.12)
    smooth = blur(texture, ATLAS_SIZE * 0.006)
    lab = np.asarray(cv2.cvtColor(np.clip(smooth, 0, 255) / 255, cv2.COLOR_BGR2LAB), np.float32)
    sigma = ATLAS_SIZE * 0.10
    share = _spread(core, sigma) + 1e-4
    nearby = _spread(lab * core[..., None], sigma) / share[..., None]
    lightness: Floats = lab[..., 0] / np.clip(nearby[..., 0], 5.0, None)
    tint = np.hypot(*cv2.split((lab - nearby)[..., 1:]))
    alike: Floats = (
        smoothstep(lightness, 0.62, 0.80)
        * smoothstep(lightness, 1.8, 1.5)
        * smoothstep(tint, 30.0, 20.0)
    )
    alike = np.asarray(cv2.erode(alike, _MIXED), np.float32)
    skin = 1 - uncertain_margin(layout, ATLAS_SIZE) * (1 - alike)
    skin = np.minimum(skin, 1 - _hanging_hair(lightness, layout))
    return blur(_below_the_hair(skin, layout), ATLAS_SIZE * 0.012)


def _hanging_hair(lightness: Floats, layout: Layout) -> Floats:
    """Return 1 on dark hair over temples and cheeks, farther inside than the usual margin.

    Args:
        lightness: float32 (S, S), relative to the skin nearby.
        layout: the atlas.
    """
    at = np.arange(ATLAS_SIZE, dtype=np.float32)
    left, right = (layout.uv[corner, 0] * ATLAS_SIZE for corner in _OUTER_CORNERS)
    beside = smoothstep(np.maximum(left - at, at - right), -ATLAS_SIZE * 0.02, 0.0)
    above = smoothstep(layout.uv[NOSE_BASE, 1] * ATLAS_SIZE - at, 0.0, ATLAS_SIZE * 0.04)
    dark = np.asarray(cv2.dilate(smoothstep(lightness, *_HAIR), _MIXED), np.float32)
    hair: Floats = dark * uncertain_margin(layout, ATLAS_SIZE, _HANGING) * above[:, None] * beside
    return hair


def _below_the_hair(skin: Floats, layout: Layout) -> Floats:
    """Treat everything above hair as hair: up the forehead, skin does not reappear."""
    brow = int(ATLAS_SIZE * layout.uv[[*LEFT_BROW, *RIGHT_BROW], 1].min())
    forehead = np.minimum.accumulate(skin[:brow][::-1], axis=0)[::-1]
    return np.concatenate([forehead, skin[brow:]])


def mirror_fill(texture: Floats, known: Floats) -> tuple[Floats, Floats]:
    """Fill what no photo shows from the other half of the face, relit to match this half.

    Args:
        texture: float32 (S, S, 3).
        known: float32 (S, S), 1 where the texture can be trusted, 0 where it cannot.

    Returns:
        The filled texture, and where it can now be trusted.
    """
    other, other_known = texture[:, ::-1], known[:, ::-1]
    lack = smoothstep(other_known - known, 0.15, 0.5)
    if lack.max() <= 0.0:
        return texture, known
    lack = blur(lack, ATLAS_SIZE * 0.015)
    sigma = ATLAS_SIZE * 0.12
    # Far from anything known on both sides, assume the same light.
    both = np.minimum(known, other_known)[..., None]
    here, there = (_spread(side * both, sigma) + np.float32(0.02) for side in (texture, other))
    mirrored = other * np.clip(here / there, 0.5, 2.0)
    filled = texture + (mirrored - texture) * lack[..., None]
    return filled, known + (other_known - known) * lack


def diffuse(texture: Floats, known: Floats) -> Floats:
    """Fill unknown pixels from known ones around, from the nearest to the farthest."""
    solid = smoothstep(known, 0.3, 0.6)
    filled, _ = _around(texture, solid, _BROADEST)
    for radius in _NARROWER:
        around, share = _around(texture, solid, radius)
        filled = filled + (around - filled) * smoothstep(share, 0.02, 0.2)[..., None]
    return filled + (texture - filled) * solid[..., None]


def without_glasses(texture: Floats, layout: Layout) -> Floats:
    """Return a texture (S, S, 3) with skin in place of rims of glasses and other thin lines.

    Reflections and shadows of the lenses stay.
    """
    size = ATLAS_SIZE // 2
    luma = np.clip(resize(texture, (size, size)) @ LUMA, 0, 255).astype(np.uint8)
    lit = UsualLight(layout, size).show(luma)
    glasses = EyewearFinder(layout, size).look(lit.astype(np.float32))
    lines = LineFinder(layout, size)
    thin = lines.matte(lines.lines(lit))
    found = [thin, glasses.matte] if glasses.is_certain else [thin]
    mattes = [matte for matte in found if matte is not None]
    if not mattes:
        return texture
    rims = resize(grow(np.maximum.reduce(mattes), _RIM_MARGIN), texture.shape[:2])
    return diffuse(texture, 1 - rims)


def even_tint(texture: Floats, known: Floats, layout: Layout) -> Floats:
    """Even out the skin's tint, blotchy from shadow and mixed light, and keep its luma."""
    skin = skin_mask(layout, ATLAS_SIZE)
    luma = np.maximum(texture @ LUMA, 1.0)[..., None]
    tint = texture / luma
    sigma = ATLAS_SIZE * 0.10
    sure = skin * smoothstep(known, 0.5, 0.9)
    share = _spread(sure, sigma)[..., None] + 1e-4
    smooth = _spread(tint * sure[..., None], sigma) / share
    evened: Floats = luma * (tint + (smooth - tint) * (_TINT_EVENNESS * skin[..., None]))
    return evened


def _around(texture: Floats, solid: Floats, radius: float) -> tuple[Floats, Floats]:
    """Return the mean of the solid pixels around each pixel, and their share."""
    share = _spread(solid, ATLAS_SIZE * radius)
    around = _spread(texture * solid[..., None], ATLAS_SIZE * radius)
    around /= np.maximum(share, 1e-4)[..., None]
    return around, share


def _spread(values: Floats, sigma: float) -> Floats:
    """Smooth by a Gaussian of `sigma` pixels, at reduced resolution if broad, to save time."""
    if sigma < _BROAD:
        return blur(values, sigma)
    return broad_blur(values, sigma, border=cv2.BORDER_REFLECT)

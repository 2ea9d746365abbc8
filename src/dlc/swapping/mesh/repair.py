"""Repairing a source texture: what is not skin, not seen, or unevenly tinted."""

from __future__ import annotations

import cv2
import numpy as np

from dlc.compositing.arrays import Floats
from dlc.compositing.filters import blur, smoothstep
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.masks import LEFT_BROW, RIGHT_BROW, depth_inside, rings_mask, skin_mask
from dlc.swapping.mesh.photo import ATLAS_SIZE
from dlc.swapping.mesh.tone import LUMA

_TINT_EVENNESS = 0.7
# Radii, as shares of the atlas, at which holes are filled: broad holes first, then their edges.
_BROADEST, *_NARROWER = (0.12, 0.05, 0.02)


def skin_likeness(texture: Floats, layout: Layout) -> Floats:
    """Return 1 where a texture looks like the face's own skin, 0 on hair, clothes and background.

    Only the margin and the forehead can be anything else; brows, eyes, nose and mouth are taken as
    they are. Skin is judged against the skin around it, so that a shaded cheek stays skin.
    """
    core, margin = _core_and_margin(layout)
    smooth = blur(texture, ATLAS_SIZE * 0.006)
    lab = np.asarray(cv2.cvtColor(np.clip(smooth, 0, 255) / 255, cv2.COLOR_BGR2LAB), np.float32)
    sigma = ATLAS_SIZE * 0.10
    share = blur(core, sigma) + 1e-4
    nearby = blur(lab * core[..., None], sigma) / share[..., None]
    lightness: Floats = lab[..., 0] / np.clip(nearby[..., 0], 5.0, None)
    tint = np.hypot(*cv2.split((lab - nearby)[..., 1:]))
    alike: Floats = (
        smoothstep(lightness, 0.50, 0.68)
        * smoothstep(lightness, 1.8, 1.5)
        * smoothstep(tint, 30.0, 20.0)
    )
    alike = np.asarray(
        cv2.erode(alike, np.ones((3, 3), np.uint8), iterations=ATLAS_SIZE // 128), np.float32
    )
    return 1 - margin * (1 - blur(alike, ATLAS_SIZE * 0.008))


def mirror_fill(texture: Floats, known: Floats) -> tuple[Floats, Floats]:
    """Fill what no photo shows from the other half of the face, in the light of this half.

    Args:
        texture: float32 (S, S, 3).
        known: float32 (S, S), 1 where the texture can be trusted, 0 where it cannot.

    Returns:
        The filled texture, and where it can be trusted now.
    """
    other, other_known = texture[:, ::-1], known[:, ::-1]
    lack = smoothstep(other_known - known, 0.15, 0.5)
    if lack.max() <= 0.0:
        return texture, known
    lack = blur(lack, ATLAS_SIZE * 0.015)
    sigma = ATLAS_SIZE * 0.12
    both = np.minimum(known, other_known)[..., None] + 1e-4
    here, there = (blur(side * both, sigma) for side in (texture, other))
    mirrored = other * np.clip(here / np.maximum(there, 1e-3), 0.5, 2.0)
    filled = texture + (mirrored - texture) * lack[..., None]
    return filled, known + (other_known - known) * lack


def diffuse(texture: Floats, known: Floats) -> Floats:
    """Fill what is not known from what is known around it, from the nearest to the farthest."""
    solid = smoothstep(known, 0.3, 0.6)
    filled, _ = _around(texture, solid, _BROADEST)
    for radius in _NARROWER:
        around, share = _around(texture, solid, radius)
        filled = filled + (around - filled) * smoothstep(share, 0.02, 0.2)[..., None]
    return filled + (texture - filled) * solid[..., None]


def even_tint(texture: Floats, layout: Layout) -> Floats:
    """Even out the skin's tint, which shadow and mixed light leave blotchy; its luma stays."""
    skin = skin_mask(layout, ATLAS_SIZE)
    luma = np.maximum(texture @ LUMA, 1.0)[..., None]
    tint = texture / luma
    sigma = ATLAS_SIZE * 0.10
    share = blur(skin, sigma)[..., None] + 1e-4
    smooth = blur(tint * skin[..., None], sigma) / share
    evened: Floats = luma * (tint + (smooth - tint) * (_TINT_EVENNESS * skin[..., None]))
    return evened


def _core_and_margin(layout: Layout) -> tuple[Floats, Floats]:
    """Return masks of certain skin, and of what may be something else than face."""
    depth = depth_inside(layout, ATLAS_SIZE)
    core = skin_mask(layout, ATLAS_SIZE) * (depth > 0.12)
    brow = ATLAS_SIZE * layout.uv[[*LEFT_BROW, *RIGHT_BROW], 1].min()
    rows = np.arange(ATLAS_SIZE, dtype=np.float32)[:, None]
    forehead = smoothstep(brow - rows, ATLAS_SIZE * 0.03, ATLAS_SIZE * 0.05)
    margin = np.maximum(smoothstep(depth, 0.18, 0.10), forehead)
    brows = rings_mask(layout, ATLAS_SIZE, [LEFT_BROW, RIGHT_BROW], reach=0.04)
    return core, margin * (1 - blur(brows, ATLAS_SIZE * 0.01))


def _around(texture: Floats, solid: Floats, radius: float) -> tuple[Floats, Floats]:
    """Return the mean of the solid pixels around each pixel, and how much of a share they have."""
    share = blur(solid, ATLAS_SIZE * radius)
    around: Floats = blur(texture * solid[..., None], ATLAS_SIZE * radius)
    around /= np.maximum(share, 1e-4)[..., None]
    return around, share

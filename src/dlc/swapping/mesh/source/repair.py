"""Repairs a source texture where it was not seen, or is unevenly tinted."""

from __future__ import annotations

import numpy as np

from dlc.arrays import Floats
from dlc.compositing.filters import blur, smoothstep, spread
from dlc.swapping.mesh.light.tone import LUMA
from dlc.swapping.mesh.source.photo import ATLAS_SIZE

# Radii, as shares of the atlas, at which holes are filled: broad holes first, then their edges.
_BROADEST, *_NARROWER = (0.12, 0.05, 0.02)
# Trust below which a pixel is filled, as what is next to hair has some of its color, and from which
# it stays.
_SOLID = (0.6, 0.9)
# How far the skin's tint is evened out.
_TINT_EVENNESS = 0.7


def mirror_fill(texture: Floats, known: Floats) -> tuple[Floats, Floats]:
    """Fill what no photo shows from the other half of the face, relit to match this half.

    Args:
        texture: float32 (S, S, 3).
        known: float32 (S, S), 1 where the texture can be trusted, 0 where it cannot.

    Returns:
        The filled texture, and where it can now be trusted.
    """
    other, other_known = texture[:, ::-1], known[:, ::-1]
    lack = _lack(known)
    if lack is None:
        return texture, known
    sigma = ATLAS_SIZE * 0.12
    # Far from anything known on both sides, assume the same light.
    both = np.minimum(known, other_known)[..., None]
    here, there = (spread(side * both, sigma) + np.float32(0.02) for side in (texture, other))
    mirrored = other * np.clip(here / there, 0.5, 2.0)
    filled = texture + (mirrored - texture) * lack[..., None]
    return filled, known + (other_known - known) * lack


def mirror_known(known: Floats) -> Floats:
    """Return where a texture could be trusted (S, S) once `mirror_fill` has filled it."""
    lack = _lack(known)
    return known if lack is None else known + (known[:, ::-1] - known) * lack


def _lack(known: Floats) -> Floats | None:
    """Return where only the other half of the face is known: (S, S), None if nowhere."""
    lack = smoothstep(known[:, ::-1] - known, 0.15, 0.5)
    return blur(lack, ATLAS_SIZE * 0.015) if lack.max() > 0.0 else None


def diffuse(texture: Floats, known: Floats, plain: Floats | None = None) -> Floats:
    """Fill unknown pixels from known ones around, from the nearest to the farthest.

    Args:
        texture: float32 (S, S, 3).
        known: float32 (S, S), 1 where the texture can be trusted, 0 where it cannot.
        plain: float32 (S, S), 1 on skin, 0 where there are features, which do not go on in what is
            unknown; by default, everything does.
    """
    solid = smoothstep(known, *_SOLID)
    going_on = solid if plain is None else solid * plain
    filled, _ = _around(texture, going_on, _BROADEST)
    for radius in _NARROWER:
        around, share = _around(texture, going_on, radius)
        filled = filled + (around - filled) * smoothstep(share, 0.02, 0.2)[..., None]
    return filled + (texture - filled) * solid[..., None]


def even_tint(texture: Floats, known: Floats, skin: Floats) -> Floats:
    """Even out the skin's tint, blotchy from shadow and mixed light, and keep its luma.

    Args:
        texture: float32 (S, S, 3).
        known: float32 (S, S), 1 where the texture can be trusted, 0 where it cannot.
        skin: float32 (S, S), 1 on skin, 0 on features and hair.
    """
    luma = np.maximum(texture @ LUMA, 1.0)[..., None]
    tint = texture / luma
    sigma = ATLAS_SIZE * 0.10
    sure = skin * smoothstep(known, 0.5, 0.9)
    share = spread(sure, sigma)[..., None] + 1e-4
    smooth = spread(tint * sure[..., None], sigma) / share
    evened: Floats = luma * (tint + (smooth - tint) * (_TINT_EVENNESS * skin[..., None]))
    return evened


def _around(texture: Floats, solid: Floats, radius: float) -> tuple[Floats, Floats]:
    """Return the mean of the solid pixels around each pixel, and their share."""
    share = spread(solid, ATLAS_SIZE * radius)
    around = spread(texture * solid[..., None], ATLAS_SIZE * radius)
    around /= np.maximum(share, 1e-4)[..., None]
    return around, share

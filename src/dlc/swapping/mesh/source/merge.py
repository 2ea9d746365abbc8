"""Merges several photos of one person into one texture."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dlc.arrays import Floats
from dlc.compositing.filters import blur
from dlc.swapping.mesh.source.photo import ATLAS_SIZE, PhotoView

# How many times better another photo must show a spot to replace the best photo: a face made of
# many photos shows seams.
_LEAD = 1.3
# Softness of seams between photos, and of what counts as their light, as shares of the atlas.
_SEAM = 0.03
_LIGHT = 0.12
_GAIN = (0.33, 3.0)


def merge_views(views: Sequence[PhotoView]) -> tuple[Floats, Floats]:
    """Take every part of the face from the photo that shows it best, in the first photo's light.

    Args:
        views: the photos, best first.

    Returns:
        Texture (S, S, 3) and where it was seen (S, S), as in `PhotoView`.
    """
    first = views[0]
    if len(views) == 1:
        return first.texture, first.seen
    texture = np.zeros_like(first.texture)
    for view, share in zip(views, _shares(views), strict=True):
        lit = view.texture if view is first else _relit(view, first)
        texture += lit * share[..., None]
    return texture, np.max([view.seen for view in views], axis=0)


def _shares(views: Sequence[PhotoView]) -> list[Floats]:
    """Return each photo's share (S, S) of each atlas pixel; shares add up to 1."""
    scores = np.stack([view.facing * view.fineness for view in views])
    scores[0] = np.maximum(scores[0] * _LEAD, 1e-6)
    best = scores.argmax(axis=0)
    # Beyond a seam a photo may show nothing; there its share ends abruptly.
    chosen = [
        blur((best == number).astype(np.float32), ATLAS_SIZE * _SEAM) * (view.seen + 1e-4)
        for number, view in enumerate(views)
    ]
    total = np.maximum(np.sum(chosen, axis=0), 1e-9)
    return [share / total for share in chosen]


def _relit(view: PhotoView, reference: PhotoView) -> Floats:
    """Return a photo's texture in the light of another, judged by where both show the face."""
    both = np.minimum(view.seen, reference.seen)[..., None]
    here, there = (_light(photo.texture, both) for photo in (view, reference))
    return view.texture * np.clip(there / np.maximum(here, 1e-3), *_GAIN)


def _light(texture: Floats, weight: Floats) -> Floats:
    """Blur a texture over the weighted pixels; far from all of them, use their mean."""
    sigma = ATLAS_SIZE * _LIGHT
    mean = (texture * weight).sum(axis=(0, 1)) / max(float(weight.sum()), 1e-3)
    share = blur(weight[..., 0], sigma)[..., None]
    faint = np.float32(0.02)
    light: Floats = (blur(texture * weight, sigma) + mean * faint) / (share + faint)
    return light

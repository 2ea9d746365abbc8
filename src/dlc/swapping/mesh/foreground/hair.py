"""Keeps hair in front of a target's forehead and cheeks, and hats, or anything else dark.

Hair is darker than skin or, over the forehead, of another color. `fringe` finds other hair there.
"""

from __future__ import annotations

import math

import numpy as np

from dlc.arrays import Floats
from dlc.compositing.filters import blur, broad_blur, smoothstep
from dlc.swapping.mesh.foreground.parts import label_parts
from dlc.swapping.mesh.foreground.skin_color import like_skin, unlike_skin
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.tone import LUMA, TONE_SIZE
from dlc.swapping.mesh.masks import (
    depth_inside,
    skin_mask,
    top_of_brows,
    uncertain_margin,
)

# Luma, relative to the face's middle, of what may be in front of skin, and of what surely is.
_DARKER = (0.62, 0.42)
# Gray levels; below this, dark things cannot be told from skin in the dark.
_DARK = 8.0
# Face widths: how far inside the oval the middle of the face begins, and the radius over which its
# luma is averaged.
_MIDDLE = 0.12
_SIGMA = 0.15
# What is at least so certain hangs together; and face widths inwards of the oval, from where hair
# comes.
_SOME, _OUTLINE = 0.1, 0.02
# Below the mouth, and so far beside its corners, in face widths, is the chin.
_BESIDE_MOUTH = 0.12


class HairFinder:
    """Finds what may be hair where hair may be."""

    def __init__(self, layout: Layout) -> None:
        """Prepare the zones to search."""
        self._zone = uncertain_margin(layout, TONE_SIZE)
        depth = depth_inside(layout, TONE_SIZE)
        self._middle = skin_mask(layout, TONE_SIZE) * (depth > _MIDDLE)
        self._sigma = _SIGMA * TONE_SIZE * layout.face_width
        self._outline = depth < _OUTLINE
        chin = _chin_mask(layout)
        self._below = slice(int(np.flatnonzero(chin.any(axis=1))[0]), TONE_SIZE)
        self._chin = chin[self._below]
        self._forehead = slice(0, math.ceil(top_of_brows(layout, TONE_SIZE)))

    def find(self, texture: Floats, seen: Floats) -> Floats:
        """Return how certainly each pixel is covered: float32 (TONE_SIZE, TONE_SIZE), 0 to 1.

        Args:
            texture: float32 (TONE_SIZE, TONE_SIZE, 3) BGR, the target in the atlas.
            seen: float32 (TONE_SIZE, TONE_SIZE), how much to trust each pixel.
        """
        weight = self._middle * seen
        skin = broad_blur(texture * weight[..., None], self._sigma)
        skin /= np.maximum(broad_blur(weight, self._sigma), 1e-4)[..., None]
        color = blur(texture, 1.0)
        luma: Floats = color @ LUMA
        luma /= np.maximum(skin @ LUMA, _DARK)
        covered = smoothstep(luma, *_DARKER)
        above, below = self._forehead, self._below
        covered[below] *= 1 - self._chin * like_skin(color[below], skin[below])
        other = unlike_skin(color[above], skin[above]) * seen[above]
        covered[above] = np.maximum(covered[above], other)
        return self._from_outline(covered * self._zone)

    def _from_outline(self, covered: Floats) -> Floats:
        """Return what hangs together with the outline, unlike raised brows, jewelry and shadows."""
        labels = label_parts(covered > _SOME)
        return covered * np.isin(labels, labels[self._outline & (labels > 0)])


def _chin_mask(layout: Layout) -> Floats:
    """Return 1 below the mouth, 0 elsewhere: float32 (TONE_SIZE, TONE_SIZE)."""
    lips = layout.uv[layout.topology.outer_lips]
    left, right = lips[:, 0].min(), lips[:, 0].max()
    middle, reach, soft = float(lips[:, 1].mean()), _BESIDE_MOUTH * layout.face_width, 0.03
    place = (np.arange(TONE_SIZE, dtype=np.float32) + np.float32(0.5)) / np.float32(TONE_SIZE)
    below = smoothstep(place, middle, middle + soft)
    beside = np.asarray(np.maximum(left - place, place - right), np.float32)
    return below[:, None] * smoothstep(beside, reach, reach - soft)

"""Keeps hair, or anything else dark, in front of a target's forehead and cheeks."""

from __future__ import annotations

import cv2
import numpy as np

from dlc.arrays import Floats
from dlc.compositing.filters import blur, broad_blur, smoothstep
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.tone import LUMA, TONE_SIZE
from dlc.swapping.mesh.masks import (
    LEFT_BROW,
    RIGHT_BROW,
    depth_inside,
    rings_mask,
    skin_mask,
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
# comes, and around the brows, where they are when raised.
_SOME = 0.1
_OUTLINE, _AT_BROWS = 0.02, 0.05
# Below the mouth, and so far beside its corners, in face widths, is the chin. What has the first of
# these shares of the skin's color there, or less, is in front of it, such as a microphone; what has
# the second is the chin's own shade, or beard. So is everything in pictures without color, where
# skin has less than the last.
_BESIDE_MOUTH = 0.12
_COLORED, _GRAY = (0.4, 0.7), 0.1


class HairFinder:
    """Finds what is darker than skin where hair may be."""

    def __init__(self, layout: Layout) -> None:
        """Prepare the zone to search."""
        self._zone = uncertain_margin(layout, TONE_SIZE)
        self._middle = skin_mask(layout, TONE_SIZE) * (depth_inside(layout, TONE_SIZE) > _MIDDLE)
        self._sigma = _SIGMA * TONE_SIZE * layout.face_width
        self._outline = depth_inside(layout, TONE_SIZE) < _OUTLINE
        brows = rings_mask(layout, TONE_SIZE, [LEFT_BROW, RIGHT_BROW], reach=_AT_BROWS)
        self._brows = brows > 0
        self._chin = _chin_mask(layout)

    def find(self, texture: Floats, seen: Floats) -> Floats:
        """Return how certainly each pixel is covered: float32 (TONE_SIZE, TONE_SIZE), 0 to 1.

        Args:
            texture: float32 (TONE_SIZE, TONE_SIZE, 3) BGR, the target in the atlas.
            seen: float32 (TONE_SIZE, TONE_SIZE), how much to trust each pixel.
        """
        luma = texture @ LUMA
        skin = self._middle * seen
        usual = broad_blur(luma * skin, self._sigma)
        usual /= np.maximum(broad_blur(skin, self._sigma), 1e-4)
        darker = blur(luma, 1.0)
        darker /= np.maximum(usual, _DARK)
        covered = smoothstep(darker, *_DARKER) * self._zone
        covered *= 1 - self._chin * self._colored(texture, luma, skin)
        return self._without_brows(covered)

    def _colored(self, texture: Floats, luma: Floats, skin: Floats) -> Floats:
        """Return how certainly each pixel has the color of skin, only in less light, 0 to 1."""
        warm = texture[..., 2] - texture[..., 0]
        usual = float((warm * skin).sum()) / max(float((luma * skin).sum()), _DARK)
        if usual < _GRAY:
            return np.ones_like(luma)
        share = blur(warm, 1.0)
        share /= np.maximum(blur(luma, 1.0), _DARK) * np.float32(usual)
        return smoothstep(share, *_COLORED)

    def _without_brows(self, covered: Floats) -> Floats:
        """Return what is left without raised brows, which hang together with nothing outside."""
        _, labels = cv2.connectedComponents((covered > _SOME).astype(np.uint8))
        raised = np.setdiff1d(labels[self._brows], labels[self._outline])
        return covered if not raised.size else covered * ~np.isin(labels, raised)


def _chin_mask(layout: Layout) -> Floats:
    """Return 1 below the mouth, 0 elsewhere: float32 (TONE_SIZE, TONE_SIZE)."""
    lips = layout.uv[layout.topology.outer_lips]
    left, right = lips[:, 0].min(), lips[:, 0].max()
    middle, reach, soft = float(lips[:, 1].mean()), _BESIDE_MOUTH * layout.face_width, 0.03
    place = (np.arange(TONE_SIZE, dtype=np.float32) + np.float32(0.5)) / np.float32(TONE_SIZE)
    below = smoothstep(place, middle, middle + soft)
    beside = np.asarray(np.maximum(left - place, place - right), np.float32)
    return below[:, None] * smoothstep(beside, reach, reach - soft)

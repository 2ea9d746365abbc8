"""Brings the shade of light from one side to the new face.

The broad light follows a target's too smoothly for the edges of such shade: a nose's shadow, a
cheek in the dark. Finer light would carry over the target's features as well. But these are about
the same on both sides of a face, and shade from one side is not: what only one half has is light.
"""

from __future__ import annotations

import numpy as np

from dlc.arrays import Floats
from dlc.compositing.filters import blur, resize
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.tone import LUMA, TONE_SIZE, Tone
from dlc.swapping.mesh.masks import skin_mask
from dlc.swapping.running_mean import RunningMean

# Radius, in face widths, below which differences are features of the skin.
_FINE = 0.04
# Differences between the halves, as natural logarithms: up to the first, a face's own asymmetry
# explains them; more than the second is not light.
_OWN, _MOST = 0.06, 0.7
# Gray levels below which light is noise, and the range of what is told of it.
_DARK, _RANGE = 4.0, (0.2, 3.0)
# Side of the atlas at which such light is looked at; a quarter of the pixels shows as much.
_SIZE = (TONE_SIZE // 2, TONE_SIZE // 2)


class SideLight:
    """Compares the halves of targets' faces in the atlas, which is symmetric."""

    def __init__(self, layout: Layout) -> None:
        """Prepare for one atlas layout."""
        self._skin = skin_mask(layout, TONE_SIZE)
        self._sigma = _FINE * layout.face_width * _SIZE[0]

    def gain(
        self, texture: Floats, tone: Tone, seen: Floats, memory: RunningMean[Floats]
    ) -> Floats:
        """Return the factor for the new face: float32 (TONE_SIZE, TONE_SIZE).

        Args:
            texture: float32 (TONE_SIZE, TONE_SIZE, 3), the target in the atlas, BGR.
            tone: its broad light.
            seen: float32 (TONE_SIZE, TONE_SIZE), how much to trust each pixel.
            memory: the differences of this target so far; it is updated.
        """
        apart = memory.update(self._apart(texture, tone, self._skin * seen))
        size = np.clip(np.abs(apart) - np.float32(_OWN), 0, _MOST)
        return resize(np.exp(np.copysign(size, apart)), (TONE_SIZE, TONE_SIZE))

    def _apart(self, texture: Floats, tone: Tone, skin: Floats) -> Floats:
        """Return how much lighter each pixel is than the face is broadly, if its mirror is not.

        A logarithm, 0 where either side is not seen.
        """
        weight, luma, usual = (
            resize(image, _SIZE) for image in (skin, (texture @ LUMA) * skin, tone.light @ LUMA)
        )
        weight = blur(weight, self._sigma)
        light = blur(luma, self._sigma) / np.maximum(weight, 1e-3)
        light = np.log(np.clip(light / np.maximum(usual, _DARK), *_RANGE)).astype(np.float32)
        other, both = light[:, ::-1], np.minimum(weight, weight[:, ::-1])
        common = np.clip(other, np.minimum(light, 0), np.maximum(light, 0))
        apart: Floats = (light - common) * both
        return apart

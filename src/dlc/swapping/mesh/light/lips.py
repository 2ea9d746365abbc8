"""Keeps lips from turning pale where they move to lighter skin.

On dark skin, lips are about as bright as the skin and less colorful. Brightened along with it, they
would turn white, so the more the skin is, the less they exceed the target's lips.
"""

from __future__ import annotations

import numpy as np

from dlc.arrays import Floats
from dlc.compositing.filters import blur
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.tone import TONE_SIZE, lightening
from dlc.swapping.mesh.masks import rings_mask
from dlc.swapping.running_mean import RunningMean

# The least factor, as the target's lips may be painted.
_LEAST = 0.6
# Share of the lips that must be in sight.
_SEEN = 0.3


def lips_mask(layout: Layout, size: int) -> Floats:
    """Return 1 on the lips, 0 elsewhere: float32 (size, size), with a soft edge."""
    topology = layout.topology
    outer, inner = (
        rings_mask(layout, size, [ring.tolist()])
        for ring in (topology.outer_lips, topology.inner_lips)
    )
    return blur(outer * (1 - inner), size / 128)


class LipColor:
    """Compares a target's lips with those of one source, both with the skin around them."""

    def __init__(self, texture: Floats, light: Floats, layout: Layout) -> None:
        """Measure the source's lips.

        Args:
            texture: float32 (TONE_SIZE, TONE_SIZE, 3), the source in the atlas, BGR.
            light: of the same shape, the light of its skin.
            layout: the atlas.
        """
        self._lips = lips_mask(layout, TONE_SIZE)
        self._own = self._measure(texture, light, self._lips)

    def factor(
        self,
        texture: Floats,
        light: Floats,
        seen: Floats,
        gain: Floats,
        memory: RunningMean[Floats],
    ) -> Floats:
        """Return the factor for the BGR of the source's lips: float32 (3,), at most 1.

        Args:
            texture: float32 (TONE_SIZE, TONE_SIZE, 3), the target in the atlas, BGR.
            light: of the same shape, the light of its skin.
            seen: float32 (TONE_SIZE, TONE_SIZE), how much to trust each pixel.
            gain: from the source's light to the target's, as `tone_gain`'s.
            memory: the target's lips so far, as shares of the skin's light; it is updated.
        """
        weight = self._lips * seen
        if float(weight.sum()) >= _SEEN * float(self._lips.sum()):
            memory.update(self._measure(texture, light, weight))
        if memory.value is None:
            return np.ones(3, np.float32)
        full = np.clip(memory.value / np.maximum(self._own, 0.01), _LEAST, 1.0)
        share = float(np.average(lightening(gain), weights=self._lips))
        return np.asarray(1 - share * (1 - full), np.float32)

    @staticmethod
    def _measure(texture: Floats, light: Floats, weight: Floats) -> Floats:
        """Return the lips' BGR as shares of the skin's light: float32 (3,)."""
        lips, skin = (np.tensordot(weight, image, 2) for image in (texture, light))
        return np.asarray(lips / np.maximum(skin, 1.0), np.float32)

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


class LipMeter:
    """Compares lips with the skin around them, in the atlas."""

    def __init__(self, layout: Layout) -> None:
        """Choose the pixels of one atlas layout."""
        self._lips = lips_mask(layout, TONE_SIZE)

    def measure(self, texture: Floats, light: Floats, seen: Floats) -> Floats | None:
        """Return the lips' BGR as shares of the skin's light: float32 (3,).

        Args:
            texture: float32 (TONE_SIZE, TONE_SIZE, 3), BGR.
            light: of the same shape, the light of the skin around.
            seen: float32 (TONE_SIZE, TONE_SIZE), how much to trust each pixel.

        Returns:
            None if too little of them is seen.
        """
        weight = self._lips * seen
        if float(weight.sum()) < _SEEN * float(self._lips.sum()):
            return None
        lips, skin = (np.tensordot(weight, image, 2) for image in (texture, light))
        return np.asarray(lips / np.maximum(skin, 1.0), np.float32)

    def lightening(self, gain: Floats) -> float:
        """Return how far a gain, as `tone_gain`'s, makes the skin around the lips lighter."""
        return float(np.average(lightening(gain), weights=self._lips))


def lip_factor(target: Floats, source: Floats, share: float) -> Floats:
    """Return the factor (3,) for the source's lips, at most 1.

    Args:
        target: float32 (3,), the lips' BGR as shares of the skin's light.
        source: the same of the source.
        share: how far the source's skin becomes lighter, 0 to 1.
    """
    full = np.clip(target / np.maximum(source, 0.01), _LEAST, 1.0)
    return np.asarray(1 - share * (1 - full), np.float32)

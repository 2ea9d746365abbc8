"""Lifts shade that a photo shows where skin slants away from the camera.

Cheeks darken towards the outline of a face. On a target that turns a cheek to the camera, that
shade would be a stain in the midst of skin.
"""

from __future__ import annotations

import numpy as np

from dlc.arrays import Floats
from dlc.compositing.filters import blur, resize
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.tone import LUMA, TONE_SIZE, Tone
from dlc.swapping.mesh.masks import skin_mask
from dlc.swapping.mesh.source.source import SourceModel

# Cosine to the line of sight below which a photo shows too little to go by.
_LEAST = 0.3
# Radius in pixels of TONE_SIZE below which darkness is a wrinkle or stubble, not shade.
_BROAD = 3.0
# How many times more squarely a target must show skin for a difference in shade.
_CLEAR = 1.12


class SlantShade:
    """The shade of one source, by where its skin slants."""

    def __init__(self, source: SourceModel, tone: Tone, layout: Layout) -> None:
        """Measure how dark the source's skin is next to its tone's smooth light."""
        size = (TONE_SIZE, TONE_SIZE)
        self._facing = np.maximum(resize(source.facing, size), _LEAST)
        skin = skin_mask(layout, TONE_SIZE) * (1 - resize(source.beard, size))
        luma = resize(source.texture, size) @ LUMA
        smooth = blur(luma * skin, _BROAD) / np.maximum(blur(skin, _BROAD), 1e-3)
        missing = np.maximum((tone.light @ LUMA) / np.maximum(smooth, 1.0) - 1, 0)
        self._most: Floats = 1 + missing * skin

    def lift(self, facing: Floats) -> Floats:
        """Return the factor for a target's skin: float32 (TONE_SIZE, TONE_SIZE), at least 1.

        Matte skin is as bright as the cosine (Lambert's law), and no shade is made up for that is
        not there.

        Args:
            facing: float32 (TONE_SIZE, TONE_SIZE), cosine between the target's face and the line of
                sight.
        """
        return np.clip(facing / (_CLEAR * self._facing), 1, self._most)

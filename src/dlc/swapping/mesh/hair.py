"""Hair, or whatever else is dark, over a target's forehead and cheeks: it stays in front."""

from __future__ import annotations

from dlc.compositing.arrays import Floats
from dlc.compositing.filters import blur, smoothstep
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.masks import uncertain_margin
from dlc.swapping.mesh.tone import LUMA, TONE_SIZE, Tone

# Luma relative to the skin's around it: of what may be in front of it, and of what certainly is.
_DARKER = (0.62, 0.45)
# Gray levels; what is as dark as that is not told from skin in the dark.
_DARK = 8.0


class HairFinder:
    """Finds what is darker than the skin where hair may be."""

    def __init__(self, layout: Layout) -> None:
        """Prepare the zone in which it is looked for."""
        self._zone = uncertain_margin(layout, TONE_SIZE)

    def find(self, texture: Floats, tone: Tone) -> Floats:
        """Return how certainly each pixel is covered: float32 (TONE_SIZE, TONE_SIZE), 0 to 1.

        Args:
            texture: float32 (TONE_SIZE, TONE_SIZE, 3) BGR, the target in the atlas.
            tone: of the same.
        """
        skin = tone.light @ LUMA
        skin[skin < _DARK] = _DARK
        return smoothstep(blur(texture @ LUMA / skin, 1.0), *_DARKER) * self._zone

"""How far a source's texture shows: where it was seen, or where a target's brows would show."""

from __future__ import annotations

import numpy as np

from dlc.arrays import Floats
from dlc.compositing.filters import blur, resize, smoothstep
from dlc.swapping.mesh.foreground.skin_color import unlike_skin
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.tone import LUMA, TONE_SIZE, Tone
from dlc.swapping.mesh.masks import (
    LEFT_BROW,
    RIGHT_BROW,
    depth_inside,
    feathered_face,
    rings_mask,
)
from dlc.swapping.mesh.source.source import SourceModel

# Half the width, in face widths, of the soft edge along the face oval, all of which lies inside it;
# the same on the forehead, where the target's skin goes on.
_FEATHER, _FOREHEAD = 0.02, 0.03
# Where the source's texture ends inside the face, it fades into the target over about twice this
# radius, in face widths, as skin never quite matches.
_FADE = 0.035
# Softened trust from which the texture begins to show, and from which it shows alone.
_TRUST = (0.4, 0.95)
# Face widths around the brows in which a target's brows may be, and the softness of the edge.
_OVER_BROWS, _EDGE = 0.06, 0.015
# Radius in pixels of TONE_SIZE over which colors are averaged; luma relative to the light from
# which something may be skin, and is.
_SMOOTH, _SKIN = 2.0, (0.7, 0.85)
_BOTH_BROWS = (*LEFT_BROW[4:], LEFT_BROW[0], RIGHT_BROW[0], *RIGHT_BROW[:4:-1])


class TextureOpacity:
    """The opacity of one source's texture at any size."""

    def __init__(self, source: SourceModel, tone: Tone, layout: Layout) -> None:
        """Find the skin, seen or made up, that can hide a target's brows.

        Args:
            source: the person.
            tone: of the source's texture.
            layout: the atlas.
        """
        self._trust, self._layout = source.trust, layout
        color = blur(resize(source.texture, (TONE_SIZE, TONE_SIZE)), _SMOOTH)
        skin = smoothstep((color @ LUMA) / np.maximum(tone.light @ LUMA, 1.0), *_SKIN)
        self._skin = skin * (1 - unlike_skin(color, tone.light))

    def at(self, size: int) -> Floats:
        """Return how far the texture shows: float32 (size, size), 0 to 1."""
        trust = resize(self._trust, (size, size))
        oval = (depth_inside(self._layout, size) > 0).astype(np.float32)
        sigma = _FADE * size * self._layout.face_width
        # Beyond the oval there is nothing to judge.
        softened: Floats = blur(trust * oval, sigma)
        softened /= np.maximum(blur(oval, sigma), 1e-3)
        shown = np.maximum(smoothstep(softened, *_TRUST), self._around_brows(size))
        return feathered_face(self._layout, size, _FEATHER, _FOREHEAD) * shown

    def _around_brows(self, size: int) -> Floats:
        """Return 1 on skin around the brows, 0 elsewhere.

        Where a source's fringe ends just above its brows, a target's would show as a second pair.
        """
        around = rings_mask(self._layout, size, [_BOTH_BROWS], _OVER_BROWS)
        soft = blur(around, _EDGE * size * self._layout.face_width)
        return soft * resize(self._skin, (size, size))

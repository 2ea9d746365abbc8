"""Brings the upper border of the new face near the target's color.

Where the new face ends on the forehead, the target's skin goes on, and a difference between the two
would be seen as a line. The broad light does not follow the target that closely. What is too dark
is brightened; what is too bright is darkened half as much, as a target's forehead may be in the
shadow of its hair, which would make the new face less like the source.
"""

from __future__ import annotations

import cv2
import numpy as np

from dlc.arrays import Bytes, Floats
from dlc.compositing.filters import blur, smoothstep
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.tone import LUMA, TONE_SIZE
from dlc.swapping.mesh.masks import height_above_brows, skin_mask
from dlc.swapping.running_mean import RunningMean

# Face widths on both sides of the border over which colors are compared, and over which the new
# face is changed.
_INNER, _OUTER, _REACH = 0.05, 0.03, 0.2
# Radius over which the comparison is smoothed, and face widths above the brows where it sets in.
_SMOOTH, _ABOVE = 0.08, (-0.02, 0.05)
# Differences of colors, as natural logarithms: not seen as a line; the most that is made good; by
# which darker things may be hair; and from which anything is no skin.
_UNSEEN, _MOST, _HAIR, _OTHER = 0.02, 0.3, 0.45, 0.6
# Share of what is too bright that is darkened.
_DARKENED = 0.5
# Gray levels below which a color is noise, and pixels that tell enough.
_DARK, _LEAST_SEEN = 4.0, 20.0


class ForeheadBorder:
    """Compares the new face with the target along the upper border of the source's texture."""

    def __init__(self, texture: Floats, opacity: Floats, layout: Layout) -> None:
        """Find the border.

        Args:
            texture: float32 (TONE_SIZE, TONE_SIZE, 3), the source's, BGR, 0 to 255.
            opacity: float32 (TONE_SIZE, TONE_SIZE), how far it shows, 0 to 1.
            layout: the atlas.
        """
        unit = TONE_SIZE * layout.face_width
        shown = (opacity > 0.5).astype(np.uint8)
        depth, away = (_distance(mask) / np.float32(unit) for mask in (shown, 1 - shown))
        above = smoothstep(height_above_brows(layout, TONE_SIZE), *_ABOVE)
        self._rows = slice(0, int(np.count_nonzero(above)))
        near = (depth < _INNER) & (away < _OUTER)
        self._near: Floats = (near * above * skin_mask(layout, TONE_SIZE))[self._rows]
        self._share: Floats = (smoothstep(depth, _REACH, 0.0) * above)[self._rows, :, None]
        self._texture = texture[self._rows]
        self._sigma = _SMOOTH * unit

    def follow(
        self, gain: Floats, target: Floats, seen: Floats, memory: RunningMean[Floats]
    ) -> Floats:
        """Return the gain with the target's color along the border.

        Args:
            gain: float32 (TONE_SIZE, TONE_SIZE, 3), from the source's light to the target's.
            target: float32 (TONE_SIZE, TONE_SIZE, 3), BGR, 0 to 255.
            seen: float32 (TONE_SIZE, TONE_SIZE), where this shows the target's skin.
            memory: the differences of this target so far; it is updated.
        """
        weight = self._near * seen[self._rows]
        if float(weight.sum()) >= _LEAST_SEEN:
            memory.update(self._difference(gain[self._rows], target[self._rows], weight))
        if memory.value is None:
            return gain
        followed = gain.copy()
        followed[self._rows] *= np.exp(memory.value * self._share)
        return followed

    def _difference(self, gain: Floats, target: Floats, weight: Floats) -> Floats:
        """Return by how much to brighten the new face, or to darken it: a logarithm, smoothed."""
        new = np.maximum(self._texture * gain, _DARK)
        lack = np.log(np.maximum(target, _DARK) / new)
        skin = weight * smoothstep(lack @ LUMA, -_OTHER, -_HAIR)
        lack = np.clip(lack, -_OTHER, _OTHER)
        smooth = blur(lack * skin[..., None], self._sigma)
        smooth /= (blur(skin, self._sigma) + np.float32(1e-3))[..., None]
        brighter = np.clip(smooth - _UNSEEN, 0, _MOST)
        darker = np.clip(smooth + _UNSEEN, -_MOST, 0)
        difference: Floats = brighter + np.float32(_DARKENED) * darker
        return difference


def _distance(mask: Bytes) -> Floats:
    """Return the distance of each pixel of a mask from where it is 0."""
    return np.asarray(cv2.distanceTransform(mask, cv2.DIST_L2, 5), np.float32)

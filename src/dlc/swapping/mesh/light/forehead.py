"""Brings the upper border of the new face near the target's color.

Where the source's forehead ends in hair, the target's goes on in the midst of skin, and a
difference between the two would be seen as a line. The broad light does not follow the target that
closely. Only what is too dark is brightened: darker than its forehead, a target has hair and its
shadow there, which would make the new face less like the source.
"""

from __future__ import annotations

import cv2
import numpy as np

from dlc.arrays import Bytes, Floats
from dlc.compositing.filters import blur, smoothstep
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.tone import TONE_SIZE
from dlc.swapping.mesh.masks import LEFT_BROW, RIGHT_BROW, skin_mask
from dlc.swapping.running_mean import RunningMean

# Face widths on both sides of the border over which colors are compared, and over which the new
# face is changed. More would look smoother still, and less like the source.
_INNER, _OUTER, _REACH = 0.05, 0.03, 0.07
# Radius over which the comparison is smoothed, and face widths above the brows where it sets in.
_SMOOTH, _ABOVE = 0.05, (-0.02, 0.05)
# Differences of colors, as natural logarithms: not seen as a line; something else than skin; and
# the most that is made good.
_UNSEEN, _OTHER, _MOST = 0.07, 0.6, 0.3
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
        brows = TONE_SIZE * float(layout.uv[[*LEFT_BROW, *RIGHT_BROW], 1].min())
        height = brows - np.arange(TONE_SIZE, dtype=np.float32)
        above = smoothstep(height / np.float32(unit), *_ABOVE)[:, None]
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
        """Return by how much the new face is too dark to the eye: a logarithm, smoothed."""
        new = np.maximum(self._texture * gain, _DARK)
        lack = np.clip(np.log(np.maximum(target, _DARK) / new), -_OTHER, _OTHER)
        smooth = blur(lack * weight[..., None], self._sigma)
        smooth /= (blur(weight, self._sigma) + np.float32(1e-3))[..., None]
        difference: Floats = np.clip(smooth - _UNSEEN, 0, _MOST)
        return difference


def _distance(mask: Bytes) -> Floats:
    """Return the distance of each pixel of a mask from where it is 0."""
    return np.asarray(cv2.distanceTransform(mask, cv2.DIST_L2, 5), np.float32)

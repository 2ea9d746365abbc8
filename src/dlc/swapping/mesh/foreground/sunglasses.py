"""Keeps dark, tinted and mirroring lenses in front, whole.

Around bare eyes, and behind clear lenses, most of what is seen is skin; behind such lenses little
is. Of 1,339 portraits, 27 show so little skin around both eyes, and on all of these are sunglasses;
about 5 others wear some that are missed.
"""

from __future__ import annotations

import cv2
import numpy as np

from dlc.arrays import Flags, Floats
from dlc.compositing.filters import blur, ellipse, grow, smoothstep
from dlc.faces.landmarks.topology import LEFT_EYE_CORNERS
from dlc.swapping.mesh.foreground.parts import label_parts
from dlc.swapping.mesh.foreground.skin_color import like_skin, unlike_skin
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.tone import LUMA, TONE_SIZE, sum_pixels
from dlc.swapping.mesh.masks import depth_inside, skin_mask
from dlc.swapping.running_mean import RunningMean

# Face widths: semi-axes of two ellipses around an eye, of which all lenses cover the first and none
# exceeds the second, rim included; how far their middle is below the eye's; how far below the eyes'
# corners the cheeks begin; and how far inside the oval skin is surely skin.
_COVERED, _LARGEST, _LOWER = (0.15, 0.12), (0.27, 0.21), 0.03
_CHEEKS, _INSIDE = 0.15, 0.12
# Luma, relative to the cheeks, of what may be a dark lens and of what surely is; and, for what has
# less color than skin, of what may be a gray one.
_DARK, _GRAY = (0.45, 0.3), (0.7, 0.55)
_BLACK = 8.0
# Share of the cheeks below which one of them says little; and half the width, in face widths, over
# which one cheek's color changes to the other's.
_FEW, _MIDDLE = 0.02, 0.05
# Shares of the ellipses without skin from which sunglasses are worn, and below which they are gone.
_WORN, _GONE = 0.52, 0.4
# Trust from which a pixel is seen, and the least share of an ellipse that must be.
_TRUST, _SEEN = 0.3, 0.4
# Widest reflection on a lens, in face widths.
_REFLECTION = 0.08
# Frames from one look to the next.
_INTERVAL = 4


class SunglassesMemory:
    """Whether a face wears sunglasses, and where they are in the atlas.

    Attributes:
        evidence: mean over time of the share without skin around the eye that shows more of it.
        is_worn: the last conclusion from it.
        matte: float32 (TONE_SIZE, TONE_SIZE), 0 to 1, mean of where they were over time.
        frames: number of frames so far.
    """

    def __init__(self) -> None:
        """Start without any memory."""
        self.evidence = RunningMean[float](0.2)
        self.is_worn = False
        self.matte = RunningMean[Floats](0.3)
        self.frames = 0


class SunglassesFinder:
    """Finds lenses that hide the eyes, in the atlas."""

    def __init__(self, layout: Layout) -> None:
        """Prepare the places to look at."""
        unit = TONE_SIZE * layout.face_width
        corners = float(layout.uv[LEFT_EYE_CORNERS[0], 1]) * TONE_SIZE
        depth = depth_inside(layout, TONE_SIZE)
        self._cheeks = skin_mask(layout, TONE_SIZE) * (depth > _INSIDE)
        self._cheeks[: round(corners + _CHEEKS * unit)] = 0
        topology = layout.topology
        middles = [
            layout.uv[ring].mean(axis=0) * TONE_SIZE + (0, _LOWER * unit)
            for ring in (topology.left_eye, topology.right_eye)
        ]
        zone = np.logical_or.reduce([_ellipse(middle, _LARGEST, unit) for middle in middles])
        rows = np.flatnonzero(zone.any(axis=1))
        self._rows = slice(int(rows[0]), int(rows[-1]) + 1)
        self._zone = zone[self._rows]
        self._eyes = [_ellipse(middle, _COVERED, unit)[self._rows] for middle in middles]
        off = np.arange(TONE_SIZE, dtype=np.float32) - (TONE_SIZE - 1) / 2
        self._rightness = smoothstep(off / unit, -_MIDDLE, _MIDDLE)[None, :, None]
        self._kernel = ellipse(round(_REFLECTION * unit) | 1)

    def update(self, texture: Floats, seen: Floats, memory: SunglassesMemory) -> Floats | None:
        """Return how far each pixel is part of sunglasses, 0 to 1; None if there are none.

        Args:
            texture: float32 (TONE_SIZE, TONE_SIZE, 3) BGR, the target in the atlas.
            seen: float32 (TONE_SIZE, TONE_SIZE), how much to trust each pixel.
            memory: what is known about this face; it is updated.
        """
        if memory.frames % _INTERVAL == 0:
            self._look(texture, seen, memory)
        memory.frames += 1
        return memory.matte.value if memory.is_worn else None

    def _look(self, texture: Floats, seen: Floats, memory: SunglassesMemory) -> None:
        tinted = self._tinted(texture, seen)
        share = self._share(tinted, seen[self._rows])
        if share is not None:
            evidence = memory.evidence.update(share)
            memory.is_worn = evidence > (_GONE if memory.is_worn else _WORN)
        if memory.is_worn:
            matte = np.zeros((TONE_SIZE, TONE_SIZE), np.float32)
            matte[self._rows] = self._lenses(tinted)
            memory.matte.update(matte)

    def _tinted(self, texture: Floats, seen: Floats) -> Floats:
        """Return how certainly pixels around the eyes are no skin: float32 (rows, TONE_SIZE)."""
        color = blur(texture[self._rows], 1.0)
        usual = np.broadcast_to(self._skin(texture, seen), color.shape)
        luma: Floats = color @ LUMA / np.maximum(usual @ LUMA, _BLACK)
        gray = smoothstep(luma, *_GRAY) * (1 - like_skin(color, usual))
        tinted: Floats = np.maximum(gray, smoothstep(luma, *_DARK))
        return np.maximum(tinted, unlike_skin(color, usual))

    def _skin(self, texture: Floats, seen: Floats) -> Floats:
        """Return the color of the cheeks, by columns: float32 (1, TONE_SIZE, 3).

        Each has its own: colored light from both sides would make the eyes unlike their mean.
        """
        weight = self._cheeks * seen
        shown, middle = texture * weight[..., None], TONE_SIZE // 2
        sums = [sum_pixels(shown[:, :middle]), sum_pixels(shown[:, middle:])]
        amounts = [weight[:, :middle].sum(), weight[:, middle:].sum()]
        mean = (sums[0] + sums[1]) / np.maximum(sum(amounts), np.float32(1e-3))
        few = np.float32(_FEW) * self._cheeks.sum()
        left, right = (
            (each + few * mean) / (amount + few) for each, amount in zip(sums, amounts, strict=True)
        )
        return np.asarray(left + (right - left) * self._rightness, np.float32)

    def _share(self, tinted: Floats, seen: Floats) -> float | None:
        """Return the share without skin around the eye that shows more; None if none is seen."""
        is_seen = seen > _TRUST
        shares = [
            float(np.mean(tinted[eye & is_seen] > 0.5))
            for eye in self._eyes
            if is_seen[eye].mean() > _SEEN
        ]
        return min(shares) if shares else None

    def _lenses(self, tinted: Floats) -> Floats:
        """Return the parts around the eyes without skin, reflections included."""
        odd = ((tinted > 0.5) & self._zone).astype(np.uint8)
        odd = cv2.morphologyEx(odd, cv2.MORPH_CLOSE, self._kernel)
        labels = label_parts(odd > 0)
        parts = np.unique(labels[np.logical_or.reduce(self._eyes)])
        lenses = np.isin(labels, parts[parts > 0]).astype(np.float32)
        return blur(grow(lenses, 1), 1.0)


def _ellipse(middle: Floats, axes: tuple[float, float], unit: float) -> Flags:
    """Return what is in an ellipse: bool (TONE_SIZE, TONE_SIZE).

    Args:
        middle: (2,), pixels.
        axes: its semi-axes, across and down, in face widths.
        unit: the face's width in pixels.
    """
    y, x = np.mgrid[:TONE_SIZE, :TONE_SIZE]
    across, down = (x - middle[0]) / (axes[0] * unit), (y - middle[1]) / (axes[1] * unit)
    return np.asarray(across**2 + down**2 < 1, np.bool_)

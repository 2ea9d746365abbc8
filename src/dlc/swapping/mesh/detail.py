"""Fine detail: matching the source's sharpness to the shot, and keeping glasses and fringes in front."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from dlc.compositing.filters import blur, smoothstep
from dlc.swapping.mesh.atlas import Layout
from dlc.swapping.mesh.masks import (
    EYE_CORNER,
    NOSE,
    NOSE_BASE,
    depth_inside,
    rings_mask,
    skin_mask,
)
from dlc.swapping.mesh.tone import LUMA

DETAIL_SIZE = 256
Image = NDArray[np.float32]

# Fine detail is what a blur of this radius, in face widths, takes away.
_SIGMA = 0.006
# Detail above this amplitude (gray levels) belongs to an edge, not to skin.
_EDGE = 12.0
_RATE = 0.1
# A line is narrower than this, in face widths, and stands out by gray levels: from where it may be
# one to where it certainly is.
_LINE = 0.02
_LIGHT_LINE = (10.0, 26.0)
_DARK_LINE = (22.0, 45.0)
# Specks and creases are shorter than this, in face widths.
_LINE_LENGTH = 0.25
_CROSS = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))


def fine_detail(luma: Image, layout: Layout) -> Image:
    """Return the finest band of a square atlas image."""
    sigma = max(luma.shape[0] * layout.face_width * _SIGMA, 0.6)
    return luma - blur(luma, sigma)


class Sharpness:
    """One track's factor for the source's fine detail: a soft or moving shot gets a soft face."""

    def __init__(self, layout: Layout, source: Image) -> None:
        """Take the source's texture at DETAIL_SIZE, BGR."""
        self._weight = skin_mask(layout, DETAIL_SIZE)
        self._source = self._energy(fine_detail(source @ LUMA, layout))
        self._factor: float | None = None

    def update(self, fine: Image) -> float:
        """Take the target's fine detail at DETAIL_SIZE; return the factor for the source's."""
        factor = min(max(self._energy(fine) / max(self._source, 0.05), 0.75), 1.5)
        if self._factor is None:
            self._factor = factor
        self._factor += _RATE * (factor - self._factor)
        return self._factor

    def _energy(self, fine: Image) -> float:
        clipped = np.minimum(np.abs(fine), _EDGE)
        return float((clipped * self._weight).sum() / self._weight.sum())


class Occlusion:
    """One track's matte of thin things in front of the upper face: rims of glasses, strands of hair.

    Skin has no thin hard lines, and a light one is not part of a brow either. The matte lives in the
    atlas, where a rim stands still while the head moves, so it can be averaged over time.
    """

    def __init__(self, layout: Layout) -> None:
        """Prepare the zones in which such lines are looked for."""
        topology = layout.topology
        eyes = [topology.left_eye.tolist(), topology.right_eye.tolist()]
        size = DETAIL_SIZE
        nose = rings_mask(layout, size, [NOSE], grow=0.01)
        rows = np.arange(size, dtype=np.float32)[:, None]
        upper = smoothstep(layout.uv[NOSE_BASE, 1] * size - rows, 0.0, size * 0.06)
        upper = upper * smoothstep(depth_inside(layout, size), 0.02, 0.06)
        light = upper * (1 - rings_mask(layout, size, eyes, grow=0.02)) * (1 - nose)
        below = smoothstep(rows - layout.uv[EYE_CORNER, 1] * size, 0.0, size * 0.02)
        dark = light * below * (1 - rings_mask(layout, size, eyes, grow=0.05))
        self._light_zone, self._dark_zone = blur(light, 1.0), blur(dark, 1.0)
        width = 2 * round(_LINE / 2 * size * layout.face_width) + 1
        self._kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width))
        self._length = _LINE_LENGTH * size * layout.face_width
        self._lines: Image | None = None

    def update(self, luma: NDArray[np.uint8]) -> Image:
        """Take the target's luma at DETAIL_SIZE; return the share of each pixel to keep."""
        light = cv2.morphologyEx(luma, cv2.MORPH_TOPHAT, self._kernel).astype(np.float32)
        dark = cv2.morphologyEx(luma, cv2.MORPH_BLACKHAT, self._kernel).astype(np.float32)
        lines = smoothstep(light, *_LIGHT_LINE) * self._light_zone
        lines = np.maximum(lines, smoothstep(dark, *_DARK_LINE) * self._dark_zone)
        if self._lines is None:
            self._lines = lines
        self._lines = cv2.addWeighted(lines, _RATE, self._lines, 1 - _RATE, 0.0)
        matte = blur(cv2.dilate(self._lines, _CROSS), 0.8)
        return smoothstep(matte, 0.15, 0.5) * self._long_parts()

    def _long_parts(self) -> NDArray[np.uint8]:
        """Return 1 on and next to lines that are long enough."""
        parts = cv2.dilate((self._lines > 0.15).astype(np.uint8), np.ones((5, 5), np.uint8))
        _, labels, stats, _ = cv2.connectedComponentsWithStats(parts, connectivity=8)
        extent = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT])
        long = extent > self._length
        long[0] = False
        return long.astype(np.uint8)[labels]

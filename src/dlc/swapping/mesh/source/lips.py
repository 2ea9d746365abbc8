"""Finds the lips in a source's photo, so that they come to lie where the mesh has lips.

The landmarks of a smile lie a little off: what the atlas has for lips would hold teeth along the
mouth's opening, and skin along their outline.
"""

from __future__ import annotations

import cv2
import numpy as np

from dlc.arrays import Floats
from dlc.compositing.filters import blur, cut, sample, smoothstep
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.masks import ring_box
from dlc.swapping.mesh.source.lip_edges import EDGE, Lip, find_edges

# Radius over which pixels are averaged before they are judged, as a share of the atlas.
_FINE = 0.002
# Height of the opening, in widths of the mouth, up to which lips are shut, and from which they are
# surely apart.
_OPEN = (0.05, 0.09)
# Mean chroma (CIELAB) up to which a photo is black and white, and the redness there of what is
# darker.
_GRAY, _DARK_IS_RED = 2.0, 0.25
# Height of a lip, from its opening outwards, from which everything stays.
_FAR = 2.2


def lips_in_place(where: Floats, texture: Floats, layout: Layout) -> Floats:
    """Return where a photo shows the face, its lips moved to those of the mesh.

    What an open mouth shows between the lips is left out: they meet.

    Args:
        where: float32 (S, S, 2), the point of the photo at each pixel of the atlas.
        texture: float32 (S, S, 3), the photo there, BGR, 0 to 255.
        layout: the atlas.
    """
    size = len(where)
    outline = layout.uv[layout.topology.outer_lips] * size - 0.5
    box = ring_box(outline, float(np.ptp(outline[:, 1])), (size, size))
    lips = _lips(layout, size, np.array([box.left, box.top], np.float32))
    lab = _lab(blur(cut(texture, box), size * _FINE))
    points = cut(where, box)
    columns, rows = np.meshgrid(*(np.arange(n, dtype=np.float32) for n in lab.shape[1::-1]))
    openness = _openness(points, lips)
    for lip in lips:
        _move(rows, lip, *find_edges(lip, lab, size, openness))
    moved = where.copy()
    cut(moved, box)[:] = sample(points, np.stack([columns, rows], axis=2))
    return moved


def _lab(bgr: Floats) -> Floats:
    """Return lightness and redness of BGR, 0 to 255: float32 (h, w, 2)."""
    lab = np.asarray(cv2.cvtColor(np.clip(bgr, 0, 255) / 255, cv2.COLOR_BGR2LAB), np.float32)
    light, a, b = cv2.split(lab)
    is_gray = float(np.hypot(a, b).mean()) < _GRAY
    # Skin is more yellow than lips.
    return np.stack([light, -_DARK_IS_RED * light if is_gray else a - b / 2], axis=2)


def _lips(layout: Layout, size: int, corner: Floats) -> tuple[Lip, Lip]:
    """Return the upper and the lower lip, relative to a corner (2,) of a part of the atlas."""
    points = layout.uv * size - 0.5 - corner
    outer, inner = (
        _halves(points[ring]) for ring in (layout.topology.outer_lips, layout.topology.inner_lips)
    )
    ends = outer[0][[0, -1]]
    columns = np.arange(np.ceil(ends[0, 0] + 1), ends[1, 0] - 1, dtype=np.float32)
    opening = [_height(np.vstack([ends[:1], half, ends[1:]]), columns) for half in inner]
    middle: Floats = (opening[0] + opening[1]) / np.float32(2)
    upper, lower = (
        Lip(columns, middle, edge, _height(half, columns))
        for edge, half in zip(opening, outer, strict=True)
    )
    return upper, lower


def _halves(ring: Floats) -> tuple[Floats, Floats]:
    """Return a ring (N, 2) of lips as its upper and lower line, both from left to right."""
    half = len(ring) // 2
    return ring[: half + 1], np.vstack([ring[:1], ring[: half - 1 : -1]])


def _height(line: Floats, columns: Floats) -> Floats:
    """Return y (C,) of a line (N, 2) that runs from left to right."""
    return np.interp(columns, line[:, 0], line[:, 1]).astype(np.float32)


def _openness(points: Floats, lips: tuple[Lip, Lip]) -> float:
    """Return 0 if the photo's mouth is shut, 1 if it is open."""
    center = len(lips[0].columns) // 2
    inner = [sample(points, lip.at(np.zeros((1, 1), np.float32)))[0] for lip in lips]
    width = float(np.linalg.norm(inner[0][-1] - inner[0][0]))
    gap = float(np.linalg.norm(inner[1][center] - inner[0][center])) / max(width, 1e-3)
    return float(smoothstep(np.asarray(gap, np.float32), *_OPEN))


def _move(rows: Floats, lip: Lip, begin: Floats, end: Floats) -> None:
    """Move what lies between two heights (C,) to a lip, changing the rows (h, w) to show."""
    columns = lip.columns.astype(int)
    here = rows[:, columns]
    height = (here - lip.inner) / (lip.outer - lip.inner)
    # Where the opening shows something else, it shows the lip's edge instead.
    height = np.maximum(height, np.minimum(begin / EDGE - 1, 0))
    inside = begin + height * np.where(height < 0, 1, end - begin)
    beyond = _FAR - (_FAR - height) * (_FAR - end) / (_FAR - 1)
    shown = lip.inner + np.where(height < 1, inside, beyond) * (lip.outer - lip.inner)
    is_own = ((here < lip.middle) == (lip.outer < lip.inner)) & (height < _FAR)
    rows[:, columns] = np.where(is_own, shown, here)

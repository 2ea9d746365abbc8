"""Maps from a rectangle of the frame into the atlas and into the frame itself."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from dlc.compositing.filters import smoothstep
from dlc.swapping.mesh.atlas import Layout, rasterize, winding
from dlc.swapping.mesh.masks import fill_ring

# Triangles are looked up on a grid of at most this many pixels a side; the maps, piecewise linear
# and so free of detail, are then enlarged.
_GRID = 160
# Width of the soft edge as a share of the face's longer side.
_EDGE = 0.02


@dataclass(frozen=True, slots=True, eq=False)
class Placement:
    """Where each pixel of a region comes from.

    Attributes:
        atlas: float32 (h, w, 2), atlas coordinates 0 to 1; below 0 where there is no face.
        origin: float32 (h, w, 2), x and y in the region of what is drawn there, before features
            were moved.
        inside: uint8 (h, w), 255 inside the face oval, 0 outside.
        edge: float32 (h, w), rises from 0 on the oval to 1 a little inside it, also where the head
            turns away and the atlas is seen edge on.
    """

    atlas: NDArray[np.float32]
    origin: NDArray[np.float32]
    inside: NDArray[np.uint8]
    edge: NDArray[np.float32]


def place(
    layout: Layout,
    moved: NDArray[np.float32],
    original: NDArray[np.float32],
    depth: NDArray[np.float32],
    shape: tuple[int, int],
) -> Placement:
    """Work out where the pixels of a region come from.

    Args:
        layout: the atlas.
        moved: float32 (N, 2), pixels of each mesh and rim vertex where it will be drawn.
        original: float32 (N, 2), where the same vertices are in the picture.
        depth: float32 (N,), larger is farther.
        shape: rows and columns of the region.
    """
    scale = min(1.0, _GRID / max(shape))
    rows, columns = max(round(shape[0] * scale), 2), max(round(shape[1] * scale), 2)
    ratio = np.array([columns / shape[1], rows / shape[0]], np.float32)
    grid = (moved + 0.5) * ratio - 0.5
    ids = rasterize(grid, layout.triangles, (rows, columns), _back_to_front(layout, grid, depth))
    values = np.concatenate([layout.uv, original], axis=1)
    slopes = _affines(grid[layout.triangles], values[layout.triangles])[ids]
    x, y = np.arange(columns, dtype=np.float32), np.arange(rows, dtype=np.float32)
    maps = slopes[..., 0, :] * x[None, :, None] + slopes[..., 1, :] * y[:, None, None]
    maps += slopes[..., 2, :]
    maps[ids < 0] = -1.0
    full = cv2.resize(maps, shape[::-1], interpolation=cv2.INTER_LINEAR)
    inside = np.zeros(shape, np.uint8)
    fill_ring(inside, moved[layout.topology.face_oval])
    inside[inside < 255] = 0
    coarse = np.zeros((rows, columns), np.uint8)
    fill_ring(coarse, grid[layout.topology.face_oval])
    depth_inside = cv2.distanceTransform((coarse > 127).astype(np.uint8), cv2.DIST_L2, 3)
    edge = smoothstep(depth_inside, 0.5, 0.5 + _EDGE * max(rows, columns))
    edge = cv2.resize(edge, shape[::-1], interpolation=cv2.INTER_LINEAR)
    return Placement(full[..., :2], full[..., 2:], inside, edge)


def _back_to_front(
    layout: Layout, points: NDArray[np.float32], depth: NDArray[np.float32]
) -> NDArray[np.intp]:
    """Order the triangles for drawing: those turned away first, then from far to near."""
    turned_away = winding(points, layout.triangles) * winding(layout.uv, layout.triangles) <= 0
    far = depth[layout.triangles].mean(axis=1)
    return np.lexsort((-far, ~turned_away))


def _affines(corners: NDArray[np.float32], values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Fit values (T, 3, D) linearly over triangles (T, 3, 2): (T, 3, D) for x, y and 1."""
    a = corners[:, 0]
    ab, ac = corners[:, 1] - a, corners[:, 2] - a
    area = ab[:, 0] * ac[:, 1] - ab[:, 1] * ac[:, 0]
    area = np.where(np.abs(area) < 1e-3, np.float32(1e-3), area)[:, None]
    vb, vc = values[:, 1] - values[:, 0], values[:, 2] - values[:, 0]
    by_x = (vb * ac[:, 1:] - vc * ab[:, 1:]) / area
    by_y = (vc * ab[:, :1] - vb * ac[:, :1]) / area
    constant = values[:, 0] - by_x * a[:, :1] - by_y * a[:, 1:]
    fitted: NDArray[np.float32] = np.stack([by_x, by_y, constant], axis=1).astype(np.float32)
    return fitted

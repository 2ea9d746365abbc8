"""Maps from a rectangle of the frame into the atlas and into the frame itself."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from dlc.compositing.arrays import Bytes, Floats
from dlc.compositing.filters import resize, smoothstep
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.masks import fill_ring
from dlc.swapping.mesh.triangles import evaluate, linear_functions, rasterize, winding

# Triangles are looked up on a grid of at most this many pixels a side; the maps, piecewise linear
# and so free of detail, are then enlarged.
_GRID = 160
# Width of the soft edge as a share of the face's longer side.
_EDGE = 0.025


@dataclass(frozen=True, slots=True, eq=False)
class Placement:
    """Where each pixel of a region comes from.

    Attributes:
        atlas: float32 (h, w, 2), x and y in the atlas, arbitrary outside the face oval.
        origin: float32 (h, w, 2), x and y in the region of what is drawn there, before features
            were moved.
        inside: uint8 (h, w), 255 inside the face oval, 0 outside.
        edge: float32 (h, w), rises from 0 on the oval to 1 a little inside it, also where the head
            turns away and the atlas is seen edge on.
    """

    atlas: Floats
    origin: Floats
    inside: Bytes
    edge: Floats


def place(
    layout: Layout, moved: Floats, original: Floats, shape: tuple[int, int], atlas_size: int
) -> Placement:
    """Work out where the pixels of a region come from.

    Args:
        layout: the atlas.
        moved: float32 (N, 3), where each mesh and rim vertex will be drawn, pixels of the region.
        original: float32 (N, 3), where the same vertices are in the picture.
        shape: rows and columns of the region.
        atlas_size: side of the atlas in pixels.
    """
    scale = min(1.0, _GRID / max(shape))
    rows, columns = max(round(shape[0] * scale), 2), max(round(shape[1] * scale), 2)
    ratio = np.array([columns / shape[1], rows / shape[0]], np.float32)
    grid = (moved[:, :2] + 0.5) * ratio - 0.5
    order = _back_to_front(layout, grid, moved[:, 2])
    numbers = rasterize(grid, layout.triangles, (rows, columns), order)
    values = np.concatenate([layout.uv * atlas_size - 0.5, original[:, :2]], axis=1)
    functions = linear_functions(grid[layout.triangles], values[layout.triangles])
    maps = evaluate(functions, numbers)
    maps[:, numbers < 0] = -1.0
    size = shape[::-1]
    oval = layout.topology.face_oval
    return Placement(
        atlas=resize(np.stack([maps[0], maps[1]], axis=-1), size),
        origin=resize(np.stack([maps[2], maps[3]], axis=-1), size),
        inside=_filled(moved[oval, :2], shape, 255),
        edge=resize(_soft_edge(grid[oval], (rows, columns)), size),
    )


def _back_to_front(layout: Layout, points: Floats, depth: Floats) -> list[int]:
    """Order the triangles for drawing: those turned away first, then from far to near."""
    turned_away = winding(points, layout.triangles) * winding(layout.uv, layout.triangles) <= 0
    far = depth[layout.triangles].mean(axis=1)
    order: list[int] = np.lexsort((-far, ~turned_away)).tolist()
    return order


def _filled(ring: Floats, shape: tuple[int, int], coverage: int) -> Bytes:
    """Return 255 on the pixels that a ring covers to at least `coverage` of 255, 0 elsewhere."""
    mask = np.zeros(shape, np.uint8)
    fill_ring(mask, ring)
    return np.asarray(cv2.threshold(mask, coverage - 1, 255, cv2.THRESH_BINARY)[1], np.uint8)


def _soft_edge(ring: Floats, shape: tuple[int, int]) -> Floats:
    inside = _filled(ring, shape, 128)
    depth = np.asarray(cv2.distanceTransform(inside, cv2.DIST_L2, 3), np.float32)
    return smoothstep(depth, 0.5, 0.5 + _EDGE * max(shape))

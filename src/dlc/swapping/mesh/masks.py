"""Regions of the face as masks: in the atlas, and rings of the mesh in a picture."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import cv2
import numpy as np

from dlc.arrays import Bytes, Floats
from dlc.compositing.filters import blur, grow, smoothstep
from dlc.faces.landmarks.topology import LEFT_EYE_CORNERS
from dlc.geometry import Box
from dlc.swapping.mesh.layout import Layout

# Outlines that the topology does not name, as mesh vertices.
LEFT_BROW = (46, 53, 52, 65, 55, 107, 66, 105, 63, 70)
RIGHT_BROW = (276, 283, 282, 295, 285, 336, 296, 334, 293, 300)

# Face widths above the top of the brows from which the forehead's own feather counts, and counts
# alone.
_WELL_ABOVE = (-0.02, 0.08)


def fill_ring(mask: Bytes, ring: Floats) -> None:
    """Fill a polygon (N, 2) with 255 in place, precise to a sixteenth of a pixel."""
    cv2.fillPoly(mask, [np.round(ring * 16.0).astype(np.int32)], 255, cv2.LINE_AA, 4)


def ring_box(ring: Floats, margin: float, shape: tuple[int, int]) -> Box:
    """Return the rectangle around a ring (N, 2), plus `margin` pixels, inside (rows, columns)."""
    low, high = ring.min(axis=0) - margin, ring.max(axis=0) + margin
    return Box.around(low, high).clipped(shape[1], shape[0])


def soft_ring(ring: Floats, box: Box, softness: float) -> Floats:
    """Return 1 inside a ring (N, 2), 0 outside, edge blurred by `softness` pixels, in `box`."""
    mask = np.zeros((box.height, box.width), np.uint8)
    fill_ring(mask, ring - np.array([box.left, box.top], np.float32))
    return blur(mask, softness) * np.float32(1 / 255)


def rings_mask(
    layout: Layout, size: int, rings: Sequence[Sequence[int]], reach: float = 0.0
) -> Floats:
    """Return 1 inside the given rings of vertices, grown by `reach` face widths, 0 elsewhere."""
    mask = np.zeros((size, size), np.uint8)
    points = layout.uv * size - 0.5
    for ring in rings:
        fill_ring(mask, points[list(ring)])
    return grow(mask, round(reach * layout.face_width * size)) * np.float32(1 / 255)


def depth_inside(layout: Layout, size: int) -> Floats:
    """Return the distance to the face oval in face widths, 0 outside."""
    oval = rings_mask(layout, size, [layout.topology.face_oval.tolist()])
    inside = (oval > 0.5).astype(np.uint8)
    return cv2.distanceTransform(inside, cv2.DIST_L2, 5) / np.float32(size * layout.face_width)


@lru_cache(maxsize=8)
def skin_mask(layout: Layout, size: int) -> Floats:
    """Return 1 on skin, 0 on eyes, brows and lips, and near and outside the oval."""
    topology = layout.topology
    rings = [ring.tolist() for ring in (topology.left_eye, topology.right_eye, topology.outer_lips)]
    features = rings_mask(layout, size, [*rings, LEFT_BROW, RIGHT_BROW], reach=0.01)
    mask = smoothstep(depth_inside(layout, size), 0.02, 0.04) * (1 - features)
    return blur(mask, size / 128)


def uncertain_margin(
    layout: Layout, size: int, depth: tuple[float, float] = (0.18, 0.10)
) -> Floats:
    """Return where hair, clothes or background may be visible instead of the face, 0 to 1.

    That is along the oval and on the forehead; brows, eyes and lips always belong to the face.

    Args:
        layout: the atlas.
        size: its side in pixels.
        depth: face widths inside the oval where the weight is 0, and outwards of which it is 1.
    """
    forehead = smoothstep(height_above_brows(layout, size), 0.0, 0.02 / layout.face_width)
    margin = np.maximum(smoothstep(depth_inside(layout, size), *depth), forehead)
    return margin * (1 - _features(layout, size))


@lru_cache(maxsize=8)
def _features(layout: Layout, size: int) -> Floats:
    """Return 1 on eyes, brows and lips and close around them, 0 elsewhere."""
    topology = layout.topology
    rings = [ring.tolist() for ring in (topology.left_eye, topology.right_eye, topology.outer_lips)]
    features = rings_mask(layout, size, rings, reach=0.05)
    features = np.maximum(features, rings_mask(layout, size, [LEFT_BROW, RIGHT_BROW], reach=0.02))
    return blur(features, max(size * 0.006, 0.5))


def top_of_brows(layout: Layout, size: int) -> float:
    """Return the row at which the brows begin, in pixels."""
    return size * float(layout.uv[[*LEFT_BROW, *RIGHT_BROW], 1].min())


def height_above_brows(layout: Layout, size: int) -> Floats:
    """Return how far above the top of the brows each row is: float32 (size, 1), face widths."""
    rows = np.arange(size, dtype=np.float32)[:, None]
    return (np.float32(top_of_brows(layout, size)) - rows) / np.float32(size * layout.face_width)


def height_above_eyes(layout: Layout, size: int) -> Floats:
    """Return how far above the corners of the eyes each row is: float32 (size, 1), face widths."""
    rows = np.arange(size, dtype=np.float32)[:, None]
    corners = np.float32(layout.uv[LEFT_EYE_CORNERS[0], 1] * size - 0.5)
    return (corners - rows) / np.float32(size * layout.face_width)


def away_from_midline(layout: Layout, size: int) -> Floats:
    """Return how far each column is from the middle of the face: float32 (size,), face widths."""
    columns = np.arange(size, dtype=np.float32)
    away: Floats = np.abs(columns - np.float32((size - 1) / 2))
    return away / np.float32(size * layout.face_width)


def feathered_face(layout: Layout, size: int, feather: float, forehead: float) -> Floats:
    """Return the face's opacity: 0 at the oval, 1 from twice its feather inwards.

    Args:
        layout: the atlas.
        size: its side in pixels.
        feather: in face widths.
        forehead: the same well above the brows.
    """
    above = smoothstep(height_above_brows(layout, size), *_WELL_ABOVE)
    edge = 2 * (feather + (forehead - feather) * above)
    return smoothstep(depth_inside(layout, size) / edge, 0.0, 1.0)

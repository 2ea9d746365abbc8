"""Regions of the face as masks in the atlas."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from dlc.compositing.filters import blur, smoothstep
from dlc.swapping.mesh.atlas import Layout

Mask = NDArray[np.float32]

# Outlines that the topology does not name, as mesh vertices.
LEFT_BROW = (46, 53, 52, 65, 55, 107, 66, 105, 63, 70)
RIGHT_BROW = (276, 283, 282, 295, 285, 336, 296, 334, 293, 300)
NOSE = (197, 196, 174, 217, 126, 142, 129, 98, 97, 2, 326, 327, 358, 371, 355, 437, 399, 419)
NOSE_BASE = 2
EYE_CORNER = 33


def fill_ring(mask: NDArray[np.uint8], ring: NDArray[np.float32], value: int = 255) -> None:
    """Fill a polygon (N, 2) of pixels, to a sixteenth of a pixel, in place."""
    cv2.fillPoly(mask, [np.round(ring * 16.0).astype(np.int32)], value, cv2.LINE_AA, 4)


def rings_mask(
    layout: Layout, size: int, rings: Sequence[Sequence[int]], grow: float = 0.0
) -> Mask:
    """Return 1 inside the given rings of vertices, grown by `grow` face widths, 0 elsewhere."""
    mask = np.zeros((size, size), np.uint8)
    points = layout.uv * size - 0.5
    for ring in rings:
        fill_ring(mask, points[list(ring)])
    reach = round(grow * layout.face_width * size)
    if reach > 0:
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
        mask = cv2.dilate(mask, kernel)
    return mask.astype(np.float32) / 255


def depth_inside(layout: Layout, size: int) -> Mask:
    """Return the distance to the face oval in face widths, 0 outside."""
    oval = rings_mask(layout, size, [layout.topology.face_oval.tolist()])
    inside = (oval > 0.5).astype(np.uint8)
    return cv2.distanceTransform(inside, cv2.DIST_L2, 5) / np.float32(size * layout.face_width)


@lru_cache(maxsize=8)
def skin_mask(layout: Layout, size: int) -> Mask:
    """Weigh what is skin: 1 on it, 0 on eyes, brows and lips, and near and outside the oval."""
    topology = layout.topology
    rings = [ring.tolist() for ring in (topology.left_eye, topology.right_eye, topology.outer_lips)]
    features = rings_mask(layout, size, [*rings, LEFT_BROW, RIGHT_BROW], grow=0.01)
    mask = smoothstep(depth_inside(layout, size), 0.02, 0.04) * (1 - features)
    return blur(mask, size / 128)


def feathered_face(layout: Layout, size: int, feather: float) -> Mask:
    """Return the face's opacity: 0 at the oval, 1 from two `feather`s (face widths) inwards."""
    return smoothstep(depth_inside(layout, size), 0.0, 2 * feather)

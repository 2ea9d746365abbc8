"""Mouths for tests: outlines at any height of the lips."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from dlc.swapping.mesh.layout import Layout
from tests.faces.pictures import Picture

# Parts of a ring of lips.
UPPER, LOWER = slice(1, 10), slice(11, 20)


def mouth_ring(
    points: NDArray[np.float32], layout: Layout, upper: float, lower: float
) -> NDArray[np.float32]:
    """Return a ring (20, D) around a mouth.

    Args:
        points: float32 (468 or more, D), the face's vertices.
        layout: the atlas.
        upper: height in the upper lip: 0 is its border with the mouth's opening, 1 with the skin.
        lower: the same in the lower lip.
    """
    inner, outer = points[layout.topology.inner_lips], points[layout.topology.outer_lips]
    heights = np.full((len(inner), 1), min(upper, lower), np.float32)
    heights[UPPER], heights[LOWER] = upper, lower
    return inner + heights * (outer - inner)


def with_teeth(
    photo: Picture, landmarks: NDArray[np.float32], layout: Layout, lower: float
) -> Picture:
    """Return a photo with white teeth in the mouth, up to a height of the lower lip."""
    bgr = photo.bgr.copy()
    ring = mouth_ring(landmarks[:, :2], layout, 0.0, lower)
    cv2.fillPoly(bgr, [np.rint(ring).astype(np.int32)], (235, 240, 240), cv2.LINE_AA)
    return Picture(bgr)

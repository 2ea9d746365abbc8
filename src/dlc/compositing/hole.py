"""Cuts a polygonal hole into a patch."""

from __future__ import annotations

import cv2
import numpy as np

from dlc.arrays import Bytes, Points
from dlc.compositing.filters import blur, grow
from dlc.compositing.opacity import faded
from dlc.compositing.patch import Patch


def with_hole(patch: Patch, points: Points, reach: float, softness: float) -> Patch:
    """Return a patch with a hole around some points, through which the frame shows.

    Args:
        patch: the new face.
        points: float32 (n, 2), in pixels of the frame; the hole is their hull.
        reach: pixels by which to enlarge the hole.
        softness: blur radius of its edge, in pixels.
    """
    offset = np.array([patch.box.left, patch.box.top], np.float32)
    mask: Bytes = np.zeros(patch.alpha.shape, np.uint8)
    hull = cv2.convexHull(np.asarray(points - offset, np.float32))
    cv2.fillPoly(mask, [np.rint(hull * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    if round(reach):
        mask = grow(mask, round(reach))
    mask = blur(mask, max(softness, 0.5))
    return faded(patch, 1 - mask.astype(np.float32) * np.float32(1 / 255))

"""The outermost part of a patch, where it has to meet the frame."""

from __future__ import annotations

import cv2
import numpy as np

from dlc.compositing.arrays import Bytes, Floats
from dlc.compositing.filters import smoothstep
from dlc.compositing.patch import Patch

# How far a change of a patch's pixels takes to come into its own, as a share of the longer side.
_SHARE = 0.06


def away_from_rim(patch: Patch) -> Floats:
    """Return how far a patch's pixels may be changed: float32 (h, w), 0 on its rim, 1 inside.

    A swapper may end its face in the pixels and not in the alpha: along the rim of such a patch
    they are the frame's, and anything done to them would be seen as an edge.
    """
    depth = rim_distance(patch.alpha)
    return smoothstep(depth, 1.5, 1.5 + max(_SHARE * max(patch.alpha.shape), 1.0))


def rim_distance(alpha: Bytes) -> Floats:
    """Return each pixel's distance to the nearest one that is not pasted at all, in pixels.

    The border of the frame, which a patch may end at, is not a rim.
    """
    pasted = np.asarray(cv2.threshold(alpha, 0, 1, cv2.THRESH_BINARY)[1], np.uint8)
    depth = np.asarray(cv2.distanceTransform(pasted, cv2.DIST_L2, 3), np.float32)
    # Without a pixel that is not pasted the distance to it is infinite.
    return np.minimum(depth, np.float32(max(alpha.shape)))

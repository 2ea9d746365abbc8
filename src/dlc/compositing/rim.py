"""The outermost part of a patch, where it must meet the frame."""

from __future__ import annotations

import cv2
import numpy as np

from dlc.arrays import Bytes, Floats
from dlc.compositing.filters import smoothstep
from dlc.compositing.patch import Patch

# Distance over which a change of a patch's pixels sets in, as a share of the longer side.
_SHARE = 0.06


def away_from_rim(patch: Patch) -> Floats:
    """Return how much a patch's pixels may change: float32 (h, w), 0 on its rim, 1 inside.

    A swapper may end its face in the pixels rather than in the alpha: pixels along the rim of such
    a patch are the frame's, and any change to them would show as an edge.
    """
    depth = rim_distance(patch.alpha)
    return smoothstep(depth, 1.5, 1.5 + max(_SHARE * max(patch.alpha.shape), 1.0))


def rim_distance(alpha: Bytes) -> Floats:
    """Return each pixel's distance to the nearest one that is not pasted, in pixels.

    The border of the frame, where a patch may end, is not a rim.
    """
    pasted = np.asarray(cv2.threshold(alpha, 0, 1, cv2.THRESH_BINARY)[1], np.uint8)
    depth = np.asarray(cv2.distanceTransform(pasted, cv2.DIST_L2, 3), np.float32)
    # If every pixel is pasted, the distance is infinite.
    return np.minimum(depth, np.float32(max(alpha.shape)))

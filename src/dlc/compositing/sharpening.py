"""Sharpens a patch with an unsharp mask."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from dlc.compositing.filters import blur
from dlc.compositing.patch import Patch
from dlc.compositing.rim import away_from_rim

# The radius of what counts as detail, as a share of the patch's longer side; never less than two
# neighboring pixels can show.
_SIGMA = 0.006
_LEAST_SIGMA = 0.7


def sharpened(patch: Patch, amount: float) -> Patch:
    """Return a patch with its detail emphasized and its rim unchanged.

    Args:
        patch: the new face.
        amount: 0 changes nothing; 1 makes fine detail twice as strong.
    """
    sigma = max(_SIGMA * max(patch.alpha.shape), _LEAST_SIGMA)
    bgr = patch.bgr.astype(np.float32)
    weight = away_from_rim(patch) * np.float32(amount)
    bgr += (bgr - blur(bgr, sigma)) * weight[..., None]
    return replace(patch, bgr=np.asarray(cv2.convertScaleAbs(np.maximum(bgr, 0)), np.uint8))

"""Lets the frame show through a patch."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from dlc.arrays import Floats
from dlc.compositing.patch import Patch


def faded(patch: Patch, opacity: float | Floats) -> Patch:
    """Return a patch that covers less of the frame.

    Args:
        patch: the new face.
        opacity: 0 to 1, the share of the patch's own alpha to keep; one number, or float32 (h, w)
            with one per pixel.
    """
    if isinstance(opacity, np.ndarray):
        alpha = cv2.multiply(patch.alpha, opacity, dtype=cv2.CV_8U)
    else:
        alpha = cv2.convertScaleAbs(patch.alpha, alpha=opacity)
    return replace(patch, alpha=np.asarray(alpha, np.uint8))

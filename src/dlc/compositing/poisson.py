"""Blends a patch by its gradients, so that its border takes on the frame's colors.

P. Perez, M. Gangnet, A. Blake, "Poisson image editing", SIGGRAPH 2003, as implemented by OpenCV's
seamlessClone.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from dlc.arrays import Bytes
from dlc.compositing.patch import Patch

# A pixel belongs to the new face if its alpha is at least this share of the patch's highest.
_SHARE = 0.5
# Pixels that seamlessClone takes off a mask; it then needs one more of the frame around it.
_MARGIN = 4


def cloned(patch: Patch, under: Bytes) -> Patch:
    """Return a patch with its own gradients and the frame's colors at its border.

    Alpha is unchanged, so a soft edge stays as soft. A patch too small to solve for is returned as
    it is.

    Args:
        patch: the new face.
        under: uint8 (h, w, 3) BGR, the frame at the patch's box.
    """
    mask = _solved_for(patch.alpha)
    left, top, width, height = cv2.boundingRect(mask)
    if min(width, height) <= 2 * _MARGIN:
        return patch
    # Passing the center of the mask's rectangle, rounded like seamlessClone, keeps everything in
    # place.
    center = (left + width // 2, top + height // 2)
    bgr = cv2.seamlessClone(patch.bgr, under, mask, center, cv2.NORMAL_CLONE)
    return replace(patch, bgr=np.asarray(bgr, np.uint8))


def _solved_for(alpha: Bytes) -> Bytes:
    """Return 255 on the new face, 0 elsewhere and along the patch's border."""
    limit = max(_SHARE * int(alpha.max()), 1.0)
    mask = np.asarray(cv2.threshold(alpha, limit - 1, 255, cv2.THRESH_BINARY)[1], np.uint8)
    inside = np.zeros_like(mask)
    inner = slice(_MARGIN, -_MARGIN)
    inside[inner, inner] = mask[inner, inner]
    return inside

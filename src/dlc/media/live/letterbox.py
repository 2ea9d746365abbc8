"""Bringing a picture into another shape without distorting it."""

from __future__ import annotations

import cv2
import numpy as np

from dlc.arrays import Image
from dlc.options import Fit


def fitted(bgr: Image, width: int, height: int, fit: Fit = Fit.LETTERBOX) -> Image:
    """Return a picture scaled to a size.

    Args:
        bgr: uint8 (h, w, 3).
        width: of the result in pixels.
        height: of the result in pixels.
        fit: whether what does not fit the shape is made up with black bars or cut off.

    Returns:
        uint8 (height, width, 3); `bgr` itself where nothing is to be done.
    """
    rows, columns = bgr.shape[:2]
    if (columns, rows) == (width, height):
        return bgr
    ratios = (width / columns, height / rows)
    if fit is Fit.CROP:
        scale = max(ratios)
        kept = (
            max(1, min(columns, round(width / scale))),
            max(1, min(rows, round(height / scale))),
        )
        left, top = (columns - kept[0]) // 2, (rows - kept[1]) // 2
        return _resized(bgr[top : top + kept[1], left : left + kept[0]], width, height)
    scale = min(ratios)
    inner = (max(1, round(columns * scale)), max(1, round(rows * scale)))
    left, top = (width - inner[0]) // 2, (height - inner[1]) // 2
    framed = np.zeros((height, width, 3), np.uint8)
    framed[top : top + inner[1], left : left + inner[0]] = _resized(bgr, *inner)
    return framed


def _resized(bgr: Image, width: int, height: int) -> Image:
    shrinks = width < bgr.shape[1] or height < bgr.shape[0]
    method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(bgr, (width, height), interpolation=method), dtype=np.uint8)

"""Connected parts of masks."""

from __future__ import annotations

import cv2
import numpy as np

from dlc.arrays import Flags, Indices


def label_parts(mask: Flags) -> Indices:
    """Give the connected parts of a mask (h, w) numbers from 1; 0 is the ground between them."""
    return np.asarray(cv2.connectedComponents(mask.astype(np.uint8))[1], np.int32)


def extent(labels: Indices, part: int) -> tuple[int, int]:
    """Return the width and height in pixels of a part in an image of labels (h, w).

    OpenCV tells these of all parts while it labels them, but then takes eight times as long.
    """
    _, _, width, height = cv2.boundingRect((labels == part).astype(np.uint8))
    return width, height

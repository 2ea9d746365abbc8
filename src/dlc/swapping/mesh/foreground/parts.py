"""Connected parts of masks."""

from __future__ import annotations

import cv2
import numpy as np

from dlc.arrays import Indices


def extent(labels: Indices, part: int) -> tuple[int, int]:
    """Return the width and height in pixels of a part in an image of labels (h, w).

    OpenCV tells these of all parts while it labels them, but then takes eight times as long.
    """
    _, _, width, height = cv2.boundingRect((labels == part).astype(np.uint8))
    return width, height

"""One small picture, and files of every kind that hold it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from dlc.media.image.kinds import ImageKind
from tests.media.image.heif_files import heic


def picture() -> NDArray[np.uint8]:
    """Return uint8 (120, 160, 3) BGR."""
    y, x = np.mgrid[0:120, 0:160]
    return np.stack([x, y, (x * y) % 251], axis=2).astype(np.uint8)


def encoded(kind: ImageKind) -> bytes:
    if kind is ImageKind.HEIC:
        return heic(picture())
    return cv2.imencode(kind.value, picture())[1].tobytes()

"""Pictures in memory, for tests of the tracker that need no video file."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from dlc.geometry import Box

# Light as colored as on a stage, in B, G and R: green, blue and cyan.
LIGHTS = ((0.3, 1.2, 0.3), (1.0, 0.1, 0.1), (1.0, 1.0, 0.1))


@dataclass
class Picture:
    """An uint8 (h, w, 3) BGR array at a moment in seconds; remembers what was read of it."""

    bgr: NDArray[np.uint8]
    time: float = 0.0
    is_still: bool = False

    def __post_init__(self) -> None:
        self.regions: list[Box] = []

    @property
    def width(self) -> int:
        return int(self.bgr.shape[1])

    @property
    def height(self) -> int:
        return int(self.bgr.shape[0])

    def region(self, box: Box) -> NDArray[np.uint8]:
        assert not box.is_empty
        assert box == box.clipped(self.width, self.height)
        self.regions.append(box)
        return self.bgr[box.top : box.bottom, box.left : box.right].copy()

    def shrunk_region(self, box: Box, factor: int) -> tuple[Box, NDArray[np.uint8]]:
        size = (max(1, box.width // factor), max(1, box.height // factor))
        return box, np.asarray(cv2.resize(self.region(box), size, interpolation=cv2.INTER_AREA))

    def thumbnail(self, size: int) -> NDArray[np.uint8]:
        scale = min(1.0, size / max(self.width, self.height))
        width, height = max(1, round(self.width * scale)), max(1, round(self.height * scale))
        return np.asarray(
            cv2.resize(self.bgr, (width, height), interpolation=cv2.INTER_AREA), np.uint8
        )


def moved(
    bgr: NDArray[np.uint8], matrix: NDArray[np.float64], size: tuple[int, int]
) -> NDArray[np.uint8]:
    """Return the picture under a 2 x 3 affine, on a canvas of (width, height)."""
    return np.asarray(
        cv2.warpAffine(bgr, matrix, size, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE),
        np.uint8,
    )


def lit(bgr: NDArray[np.generic], *light: float) -> NDArray[np.uint8]:
    """Return a picture in light of a color, B, G and R."""
    return np.clip(bgr * np.array(light), 0, 255).astype(np.uint8)


def ramp(width: int, height: int, step: int = 1) -> NDArray[np.uint8]:
    """Return a picture whose blue is `step` times the column and whose green so the row."""
    bgr = np.zeros((height, width, 3), np.uint8)
    bgr[..., 0] = np.arange(width) * step
    bgr[..., 1] = np.arange(height)[:, None] * step
    return bgr

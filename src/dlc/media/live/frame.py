"""One picture of a live source, in BGR."""

from __future__ import annotations

import cv2
import numpy as np

from dlc.arrays import Bytes, Image
from dlc.geometry import Box
from dlc.media.frames.fitting import require_fit, require_inside


class LiveFrame:
    """A picture that was captured at a moment; `Frame`'s interface on plain BGR pixels.

    Cameras deliver BGR, and virtual cameras and windows take it. At 960 x 540, reading and pasting
    a face here takes a third of the time it takes in a `Frame` that wraps the same pixels, and
    `to_bgr` an eighth; a `Frame` in yuv420p needs 4 ms to become BGR, these pixels come in 2.

    Attributes:
        bgr: uint8 (height, width, 3), the frame's own pixels: `paste` changes them.
        captured_at: when the picture was taken, in seconds of the source's clock, which is
            `time.perf_counter` unless another one was passed to it. Rises from frame to frame.
    """

    __slots__ = ("bgr", "captured_at")

    def __init__(self, bgr: Image, *, captured_at: float) -> None:
        self.bgr = bgr
        self.captured_at = captured_at

    @property
    def time(self) -> float:
        """The same as `captured_at`: what follows faces needs the times between frames."""
        return self.captured_at

    @property
    def is_still(self) -> bool:
        """False: there is a next picture."""
        return False

    @property
    def width(self) -> int:
        """Columns of the picture."""
        return int(self.bgr.shape[1])

    @property
    def height(self) -> int:
        """Rows of the picture."""
        return int(self.bgr.shape[0])

    def region(self, box: Box) -> Image:
        """Return uint8 (box.height, box.width, 3) BGR pixels, a copy.

        Raises:
            ValueError: if the box is empty or reaches outside the picture.
        """
        return self._part(box).copy()

    def shrunk_region(self, box: Box, factor: int) -> tuple[Box, Image]:
        """Return a rectangle and its pixels, uint8 BGR, 1 / `factor` as wide and as high.

        Raises:
            ValueError: if the box is empty or reaches outside the picture.
        """
        size = (max(1, box.width // factor), max(1, box.height // factor))
        return box, _shrunk(self._part(box), size)

    def to_bgr(self) -> Image:
        """Return the whole picture as uint8 (height, width, 3) BGR, a copy."""
        return self.bgr.copy()

    def thumbnail(self, size: int) -> Image:
        """Return uint8 (h, w, 3) BGR, the longer side `size` pixels; never enlarged."""
        scale = min(1.0, size / max(self.width, self.height))
        small = (max(1, round(self.width * scale)), max(1, round(self.height * scale)))
        return _shrunk(self.bgr, small)

    def paste(self, box: Box, bgr: Image, alpha: Bytes) -> None:
        """Blend pixels into the picture.

        Args:
            box: where the pixels belong; inside the picture and not empty.
            bgr: uint8 (box.height, box.width, 3).
            alpha: uint8 (box.height, box.width): 0 keeps the frame's pixel, 255 replaces it.

        Raises:
            ValueError: if the box is empty or reaches outside the picture, or if the arrays do not
                fit it.
        """
        part = self._part(box)
        require_fit(box, bgr, alpha)
        # 255 * (1 / 255) is exactly 1 in single precision. `blendLinear` divides by the sum of the
        # weights plus 1e-5, which is too little to change a byte of 255.
        weight = alpha.astype(np.float32) * np.float32(1 / 255)
        part[...] = cv2.blendLinear(bgr, part, weight, 1 - weight)

    def _part(self, box: Box) -> Image:
        """Return the pixels of a rectangle, sharing memory."""
        require_inside(box, self.width, self.height)
        return self.bgr[box.top : box.bottom, box.left : box.right]


def _shrunk(bgr: Image, size: tuple[int, int]) -> Image:
    """Scale down to `size` (width, height) by averaging; returns a copy."""
    if size == (bgr.shape[1], bgr.shape[0]):
        return bgr.copy()
    # Every second row is enough to average over when four or more fall on one.
    rows = bgr[::2] if bgr.shape[0] >= 4 * size[1] else bgr
    return np.asarray(cv2.resize(rows, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)

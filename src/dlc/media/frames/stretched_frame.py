"""A picture whose stored pixels are not square."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from dlc.arrays import Bytes, Image
from dlc.geometry import Box
from dlc.media.frames.fitting import require_fit, require_inside
from dlc.media.frames.frame import Frame

# Columns around a rectangle that interpolation looks at.
_MARGIN = 3
# Parts of a pixel that places are rounded to.
_PARTS = 32
# Shown columns from which a stored one covers more than one of them.
_COVERS_MORE = 1.2


class StretchedFrame(Frame):
    """A `Frame` with the coordinates of the picture that players show, whose pixels are square.

    So faces have the shape that whatever finds and swaps them expects. What is read is stretched
    or squeezed from left to right; what is pasted goes the other way. The samples stay as they were
    coded, and change only under a paste, as those of a `Frame` do.
    """

    __slots__ = ("_width",)

    def __init__(self, *args: Any, shown_width: int, **kwargs: Any) -> None:
        """Wrap a decoded picture that is shown upright with `shown_width` columns.

        The rest is as for `Frame`.
        """
        super().__init__(*args, **kwargs)
        self._width = shown_width

    @property
    def width(self) -> int:
        """Columns of the upright picture as players show it."""
        return self._width

    def region(self, box: Box) -> Image:
        """Return the pixels of a rectangle of the picture as shown, as `Frame.region` does."""
        require_inside(box, self.width, self.height)
        stored = self._stored(box, _MARGIN)
        # Both count from the edges of the picture.
        step = self._stored_width / self._width
        first = (box.left + 0.5) * step - 0.5 - stored.left
        return _resampled(super().region(stored), first, step, box.width)

    def shrunk_region(self, box: Box, factor: int) -> tuple[Box, Image]:
        """Return a rectangle and its pixels, uint8 BGR, 1 / `factor` as wide and as high.

        Raises:
            ValueError: if the box is empty or reaches outside the picture.
        """
        size = max(1, box.width // factor), max(1, box.height // factor)
        return box, _shrunk(self.region(box), size)

    def thumbnail(self, size: int) -> Image:
        """Return a small version of the picture as shown, as `Frame.thumbnail` does."""
        scale = min(1.0, size / max(self.width, self.height))
        small = max(1, round(self.width * scale)), max(1, round(self.height * scale))
        return _shrunk(super().thumbnail(max(small)), small)

    def paste(self, box: Box, bgr: Image, alpha: Bytes) -> None:
        """Blend pixels of the picture as shown into the native samples, as `Frame.paste` does."""
        require_inside(box, self.width, self.height)
        require_fit(box, bgr, alpha)
        stored = self._stored(box, margin=0)
        # A stored column that covers several shown ones is their average.
        step, size = self._width / self._stored_width, (stored.width, stored.height)
        taken = 1 if step < _COVERS_MORE else 2
        first = (stored.left + 0.5 / taken) * step - 0.5 - box.left
        pixels = _resampled(bgr, first, step / taken, taken * stored.width)
        # Beyond the rectangle nothing is pasted.
        framed = np.pad(alpha, ((0, 0), (1, 1)))
        weight = _resampled(
            framed, first + 1, step / taken, taken * stored.width, method=cv2.INTER_LINEAR
        )
        super().paste(stored, _shrunk(pixels, size), _shrunk(weight, size))

    @property
    def _stored_width(self) -> int:
        return self._upright_size()[0]

    def _stored(self, box: Box, margin: int) -> Box:
        """Return the rectangle of the upright stored picture that holds one of the shown one."""
        stored = self._stored_width
        left = box.left * stored // self._width - margin
        right = -(-box.right * stored // self._width) + margin
        return Box(left, box.top, right, box.bottom).clipped(stored, self.height)


def _resampled(
    pixels: Bytes, first: float, step: float, width: int, *, method: int = cv2.INTER_CUBIC
) -> Bytes:
    """Return `width` columns, the first one at column `first` and each `step` further on.

    By default cubic: a face is stretched and squeezed again, and linear interpolation would blur it
    twice.
    """
    # OpenCV rounds to parts of a pixel. Rounded here, where digits are enough, a column depends on
    # where it is alone, not on which others are asked for.
    at = np.round((first + step * np.arange(width)) * _PARTS) / _PARTS
    rows = pixels.shape[0]
    columns = np.tile(at.astype(np.float32), (rows, 1))
    same = np.repeat(np.arange(rows, dtype=np.float32)[:, None], width, axis=1)
    return np.asarray(
        cv2.remap(pixels, columns, same, method, borderMode=cv2.BORDER_REPLICATE), np.uint8
    )


def _shrunk(pixels: Bytes, size: tuple[int, int]) -> Bytes:
    if size == (pixels.shape[1], pixels.shape[0]):
        return pixels
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)

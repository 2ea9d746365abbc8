"""Notices that a camera delivers pictures in which there is nothing to see."""

from __future__ import annotations

import numpy as np

from dlc.arrays import Image

# Every eighth pixel of every eighth row tells as much.
_STRIDE = 8
# What a covered sensor's noise stays below.
_BLACK = 20


class PictureWatch:
    """Watches for black and for frozen pictures.

    A sensor is never without noise: pictures that are alike to the bit are one picture.

    Attributes:
        is_black: whether every picture so far was black.
        has_changed: whether any picture differed from the one before.
    """

    def __init__(self) -> None:
        self._last: Image | None = None
        self._changed_at = 0.0
        self._seen_at = 0.0
        self.is_black = True
        self.has_changed = False

    def see(self, bgr: Image, now: float) -> None:
        """Take note of a picture, uint8 (h, w, 3) BGR, that came at `now`, in seconds."""
        small = bgr[::_STRIDE, ::_STRIDE]
        if self._last is None or not np.array_equal(small, self._last):
            # A copy: the rest of the picture is not kept alive by it.
            self.has_changed = self._last is not None
            self._last = small.copy()
            self._changed_at = now
        self._seen_at = now
        # One picture that shows something is enough: a camera may be covered on purpose later.
        self.is_black = self.is_black and int(small.max()) <= _BLACK

    @property
    def frozen_seconds(self) -> float:
        """How long the same picture has been coming."""
        return self._seen_at - self._changed_at

"""Rectangles in pixels, shared by every room."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple


class Box(NamedTuple):
    """A rectangle of whole pixels; `left` and `top` are inside it, `right` and `bottom` outside."""

    left: int
    top: int
    right: int
    bottom: int

    @classmethod
    def around(cls, low: Sequence[float], high: Sequence[float]) -> Box:
        """Return the pixels between whose centers everything from `low` to `high` lies.

        Args:
            low: least x and y, in pixels; whole numbers are the centers of pixels.
            high: greatest x and y.
        """
        return cls(
            math.floor(low[0]), math.floor(low[1]), math.ceil(high[0]) + 1, math.ceil(high[1]) + 1
        )

    @property
    def width(self) -> int:
        """Columns covered, in pixels."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Rows covered, in pixels."""
        return self.bottom - self.top

    @property
    def is_empty(self) -> bool:
        """Whether the rectangle covers no pixel."""
        return self.width <= 0 or self.height <= 0

    def grown(self, margin: int) -> Box:
        """Return the rectangle with `margin` more pixels on each side."""
        return Box(self.left - margin, self.top - margin, self.right + margin, self.bottom + margin)

    def clipped(self, width: int, height: int) -> Box:
        """Return the part of the rectangle inside an image of `width` x `height` pixels."""
        return Box(
            min(max(self.left, 0), width),
            min(max(self.top, 0), height),
            min(max(self.right, 0), width),
            min(max(self.bottom, 0), height),
        )

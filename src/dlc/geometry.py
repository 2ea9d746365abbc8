"""Rectangles in pixels, shared by every room."""

from __future__ import annotations

from typing import NamedTuple


class Box(NamedTuple):
    """A rectangle of whole pixels; `left` and `top` are inside it, `right` and `bottom` outside."""

    left: int
    top: int
    right: int
    bottom: int

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

    def clipped(self, width: int, height: int) -> Box:
        """Return the part of the rectangle inside an image of `width` x `height` pixels."""
        return Box(
            min(max(self.left, 0), width),
            min(max(self.top, 0), height),
            min(max(self.right, 0), width),
            min(max(self.bottom, 0), height),
        )

"""The parts of a frame that finding faces needs; `dlc.media.frames.frame.Frame` has them all."""

from __future__ import annotations

from typing import Protocol

from dlc.arrays import Image
from dlc.geometry import Box


class Pixels(Protocol):
    """A picture that is read one rectangle at a time."""

    @property
    def width(self) -> int:
        """Width of the upright picture in pixels."""

    @property
    def height(self) -> int:
        """Height of the upright picture in pixels."""

    def region(self, box: Box) -> Image:
        """Return uint8 (h, w, 3) BGR pixels of `box`, which lies inside the picture."""


class RegionSource(Pixels, Protocol):
    """A picture that can also be read at a smaller size."""

    def shrunk_region(self, box: Box, factor: int) -> tuple[Box, Image]:
        """Return `box`, slightly grown if needed, and its pixels at 1 / `factor` of the size."""


class TrackableFrame(RegionSource, Protocol):
    """A picture at a point in a video."""

    @property
    def time(self) -> float:
        """Seconds since the beginning of the video."""

    @property
    def is_still(self) -> bool:
        """Whether it is a photo rather than a frame of a video."""

    def thumbnail(self, size: int) -> Image:
        """Return the whole picture, uint8 BGR, its longer side at most `size` pixels."""

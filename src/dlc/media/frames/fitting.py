"""What boxes and pixels must be to be read from a picture, or put into it."""

from __future__ import annotations

from dlc.arrays import Bytes, Image
from dlc.geometry import Box


def require_inside(box: Box, width: int, height: int) -> None:
    """Raise ValueError unless a box has pixels, all of them inside a picture of that size."""
    if box.is_empty or box.clipped(width, height) != box:
        raise ValueError(f"{box} is empty or not inside {width} x {height} pixels")


def require_fit(box: Box, bgr: Image, alpha: Bytes) -> None:
    """Raise ValueError unless pixels and their weights have the size of a box."""
    if bgr.shape != (box.height, box.width, 3) or alpha.shape != (box.height, box.width):
        raise ValueError(f"arrays of {bgr.shape} and {alpha.shape} do not fit {box}")

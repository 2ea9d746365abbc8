"""The result of a swapper: new pixels for one rectangle of a frame."""

from __future__ import annotations

from dataclasses import dataclass

from dlc.arrays import Bytes, Image
from dlc.geometry import Box


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """New pixels for a rectangle of the upright frame.

    Attributes:
        box: where the pixels belong; lies inside the frame.
        bgr: uint8 (box.height, box.width, 3), BGR.
        alpha: uint8 (box.height, box.width): 0 keeps the frame's pixel, 255 replaces it.
    """

    box: Box
    bgr: Image
    alpha: Bytes

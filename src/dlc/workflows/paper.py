"""What sheets of pictures have in common: light paper, dark writing, and room around pictures."""

from __future__ import annotations

import cv2
import numpy as np

from dlc.arrays import Image

# Pixels between pictures and around them.
GAP = 16
_PAPER = (250, 250, 250)
_INK = (48, 48, 48)


def blank_sheet(width: int, height: int) -> Image:
    """Return an empty sheet, uint8 (height, width, 3) BGR."""
    return np.full((height, width, 3), _PAPER, np.uint8)


def write(sheet: Image, text: str, left: int, baseline: int, scale: float) -> None:
    """Write a line of text on a sheet, in place.

    Args:
        sheet: uint8 (height, width, 3) BGR.
        text: one line of plain ASCII.
        left: where the text begins, in pixels.
        baseline: where its letters stand, in pixels from the top.
        scale: size of the letters; at 1 capitals are about 22 pixels high.
    """
    cv2.putText(sheet, text, (left, baseline), cv2.FONT_HERSHEY_DUPLEX, scale, _INK, 1, cv2.LINE_AA)

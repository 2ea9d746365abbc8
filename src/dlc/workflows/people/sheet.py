"""A contact sheet of everybody in a video, numbered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import cv2

from dlc.arrays import Image
from dlc.workflows.paper import GAP, blank_sheet, write

_CELL, _CAPTION = 240, 52
_COLUMNS = 5


def draw_people(portraits: Iterable[Image], captions: Sequence[str]) -> Image:
    """Draw portraits in rows, each with its caption below.

    Args:
        portraits: uint8 (h, w, 3) BGR, at least one; each is drawn before the next is taken.
        captions: for each, in how many frames the person appears, and when.

    Returns:
        uint8 (height, width, 3) BGR.
    """
    columns = min(_COLUMNS, len(captions))
    rows = -(-len(captions) // columns)
    height, width = _CELL + _CAPTION, _CELL + GAP
    sheet = blank_sheet(columns * width + GAP, rows * height + GAP)
    for number, (portrait, caption) in enumerate(zip(portraits, captions, strict=True)):
        row, column = divmod(number, columns)
        left, top = GAP + column * width, GAP + row * height
        scale = _CELL / max(portrait.shape[:2])
        size = [max(1, round(side * scale)) for side in portrait.shape[1::-1]]
        way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        small = cv2.resize(portrait, size, interpolation=way)
        sheet[top : top + size[1], left : left + size[0]] = small
        write(sheet, f"person{number + 1}", left, top + _CELL + 18, 0.6)
        write(sheet, caption, left, top + _CELL + 34, 0.4)
    return sheet

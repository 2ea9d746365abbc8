"""Keeps lettering in front: captions and titles that were burned into a video.

Letters are brighter than any skin, stand out from it by hard edges on all sides, and come in rows.
A shine on skin has soft edges, at least on one side, and teeth are in the mouth; a pearl or a glint
is alone, and where one of them is mistaken for a letter, all that happens is that it stays. Letters
do not move with the face, so they are lifted off the picture before the swap and laid over the
result where they were.
"""

from __future__ import annotations

import cv2
import numpy as np

from dlc.arrays import Bytes, Flags, Floats
from dlc.compositing.filters import grow
from dlc.swapping.mesh.foreground.parts import extent, label_parts
from dlc.swapping.mesh.masks import fill_ring

# Least luma of letters, white or yellow, also as a multiple of the face's, and the gray levels by
# which they stand out.
_BRIGHT, _BRIGHTER, _STANDING_OUT = 215, 1.25, 60
# Widest stroke and widest gap between two letters, in face widths.
_STROKE, _GAP = 0.1, 0.12
# Least length of a row, in face widths, least area of its letters, in squares of these, and their
# least number.
_LENGTH, _AREA, _LETTERS = 0.3, 0.004, 4
# By how many gray levels all letters of a row are brighter than most of what is next to them: less
# is shine that a face's lines divide.
_BRIGHTER_THAN_AROUND, _MOST = 38, 75
# Share of a row within the mouth from which it is teeth.
_TEETH = 0.5
# Reach of a letter's soft edge and outline, in face widths, and in pixels at least.
_OUTLINE, _EDGE = 0.012, 2


def find_letters(bgra: Bytes, oval: Floats, mouth: Floats, face_width: float) -> Flags | None:
    """Find letters on a face.

    Args:
        bgra: uint8 (h, w, 4), a picture of it.
        oval: float32 (N, 2), the face's outline, in pixels.
        mouth: float32 (N, 2), the outline of its mouth's opening.
        face_width: in pixels.

    Returns:
        bool (h, w), where they are; None if there are none.
    """
    face = np.zeros(bgra.shape[:2], np.uint8)
    fill_ring(face, oval)
    luma = np.asarray(cv2.cvtColor(bgra, cv2.COLOR_BGRA2GRAY), np.uint8)
    # Most faces have no pixel as bright as that.
    if cv2.minMaxLoc(luma, face)[1] <= _BRIGHT:
        return None
    brighter = max(_BRIGHT, _BRIGHTER * float(np.median(luma[face > 0])))
    bright = (luma > brighter) & (face > 0)
    least = _AREA * face_width**2
    if np.count_nonzero(bright) < least:
        return None
    hat = cv2.morphologyEx(luma, cv2.MORPH_TOPHAT, _square(_STROKE * face_width))
    opening = np.zeros_like(face)
    fill_ring(opening, mouth)
    reach = max(round(_OUTLINE * face_width), _EDGE)
    rows = [
        grow(row.astype(np.uint8), reach) > 0
        for row in _rows(bright & (hat > _STANDING_OUT), face_width, least)
        if np.mean(opening[row] > 0) < _TEETH and _stands_out(row, luma, reach)
    ]
    return np.logical_or.reduce(rows) if rows else None


def without_letters(bgra: Bytes, letters: Flags) -> Bytes:
    """Return a picture (h, w, 4) with what is around its letters in their place."""
    plain = cv2.inpaint(
        np.ascontiguousarray(bgra[..., :3]), letters.astype(np.uint8), 3, cv2.INPAINT_TELEA
    )
    return np.dstack([plain, bgra[..., 3]])


def with_letters(bgr: Bytes, bgra: Bytes, letters: Flags) -> Bytes:
    """Return a picture (h, w, 3) with the letters of another one, (h, w, 4)."""
    return np.where(letters[..., None], bgra[..., :3], bgr)


def _rows(letters: Flags, face_width: float, least: float) -> list[Flags]:
    """Return the letters of each horizontal row."""
    closed = cv2.morphologyEx(letters.astype(np.uint8), cv2.MORPH_CLOSE, _square(_GAP * face_width))
    rows = label_parts(closed > 0)
    count = int(rows.max()) + 1
    areas = np.bincount(rows[letters], minlength=count)
    # Each letter counts for the row in which its first pixel lies.
    parts = label_parts(letters)
    _, firsts = np.unique(parts[letters], return_index=True)
    numbers = np.bincount(rows[letters][firsts], minlength=count)
    found: list[Flags] = []
    for row in np.flatnonzero((areas >= least) & (numbers >= _LETTERS)).tolist():
        width, height = extent(rows, row)
        if width >= max(_LENGTH * face_width, height):
            found.append(letters & (rows == row))
    return found


def _stands_out(row: Flags, luma: Bytes, reach: int) -> bool:
    """Return whether the letters of a row are brighter than most of what is next to them."""
    bright = row.astype(np.uint8)
    around = grow(bright, reach + 1) > grow(bright, reach - 1)
    most = np.percentile(luma[around], _MOST)
    return bool(luma[row].mean() - most >= _BRIGHTER_THAN_AROUND)


def _square(side: float) -> Bytes:
    return np.ones((round(side) | 1,) * 2, np.uint8)

"""A picture for people: source, target and result side by side at a few moments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

# Longer side of a picture on the sheet, in pixels: faces can be judged, a sheet fits a screen.
CELL_SIZE = 480

_GAP = 16
_HEADER = 44
_CAPTION = 34
_PAPER = (250, 250, 250)
_INK = (48, 48, 48)
_COLUMNS = ("source", "target", "result")


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """One row of the sheet.

    Attributes:
        time: seconds into the target.
        target: uint8 (h, w, 3) BGR, the frame as it came.
        result: uint8 (h, w, 3) BGR, the frame as it goes out.
    """

    time: float
    target: NDArray[np.uint8]
    result: NDArray[np.uint8]


class MomentRecorder:
    """Collects evenly spaced moments of a run whose length need not be known.

    Every `stride`-th frame is kept; once too many are, every second one is dropped and the stride
    doubles. So between two and four times as many moments as rows are at hand at the end, and
    memory does not grow with the length of the video.

    Args:
        rows: how many moments the sheet will show at most.
    """

    def __init__(self, rows: int) -> None:
        self._rows = rows
        self._capacity = 4 * rows
        self._stride = 1
        self._seen = 0
        self._moments: list[Moment] = []

    def wants_next(self) -> bool:
        """Count a frame; return whether `add` should be called for it."""
        wanted = self._seen % self._stride == 0
        self._seen += 1
        return wanted

    def add(self, moment: Moment) -> None:
        """Keep a moment."""
        self._moments.append(moment)
        if len(self._moments) > self._capacity:
            self._moments = self._moments[::2]
            self._stride *= 2

    def moments(self) -> list[Moment]:
        """Return at most `rows` moments, the middles of equal parts of the run."""
        kept = len(self._moments)
        rows = min(self._rows, kept)
        return [self._moments[(2 * row + 1) * kept // (2 * rows)] for row in range(rows)]


def draw_sheet(
    sources: Sequence[NDArray[np.uint8]], moments: Sequence[Moment]
) -> NDArray[np.uint8]:
    """Draw one row a moment: a source photo, the target frame, the resulting frame.

    Args:
        sources: uint8 (h, w, 3) BGR photos, at least one; several take turns down the rows.
        moments: at least one; all of one size.

    Returns:
        uint8 (height, width, 3) BGR.
    """
    cell_height, cell_width = moments[0].target.shape[:2]
    photos = [_fitted(photo, cell_width, cell_height) for photo in sources]
    source_width = max(photo.shape[1] for photo in photos)
    lefts = np.cumsum([_GAP, source_width + _GAP, cell_width + _GAP])
    width = int(lefts[-1]) + cell_width + _GAP
    row_height = cell_height + _CAPTION
    sheet = np.full((_HEADER + len(moments) * row_height + _GAP, width, 3), _PAPER, np.uint8)
    for left, title in zip(lefts, _COLUMNS, strict=True):
        _write(sheet, title, int(left), _HEADER - 14, 0.7)
    for row, moment in enumerate(moments):
        top = _HEADER + row * row_height
        pictures = (photos[row % len(photos)], moment.target, moment.result)
        for left, picture in zip(lefts, pictures, strict=True):
            height, wide = picture.shape[:2]
            sheet[top : top + height, left : left + wide] = picture
        _write(sheet, clock(moment.time), int(lefts[1]), top + cell_height + 22, 0.55)
    return sheet


def clock(seconds: float) -> str:
    """Return "1:02:03.45", or "2:03.45" below an hour."""
    hundredths = round(seconds * 100)
    minutes, rest = divmod(hundredths, 6000)
    hours, minutes = divmod(minutes, 60)
    tail = f"{rest // 100:02}.{rest % 100:02}"
    return f"{hours}:{minutes:02}:{tail}" if hours else f"{minutes}:{tail}"


def _fitted(photo: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """Shrink or enlarge `photo` to the largest size that fits into `width` x `height`."""
    scale = min(width / photo.shape[1], height / photo.shape[0])
    size = (max(1, int(photo.shape[1] * scale)), max(1, int(photo.shape[0] * scale)))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(photo, size, interpolation=way), np.uint8)


def _write(sheet: NDArray[np.uint8], text: str, left: int, baseline: int, scale: float) -> None:
    cv2.putText(sheet, text, (left, baseline), cv2.FONT_HERSHEY_DUPLEX, scale, _INK, 1, cv2.LINE_AA)

"""A contact sheet: source, target and result side by side at a few moments."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from dlc.arrays import Image
from dlc.media.files.atomic import AtomicFile
from dlc.workflows.batch.moments import Moment, MomentRecorder
from dlc.workflows.paper import GAP, blank_sheet, write
from dlc.workflows.timecode import timecode

# Longer side of a picture on the sheet, in pixels: large enough to judge faces, small enough for a
# screen.
CELL_SIZE = 480

_HEADER = 44
_CAPTION = 34
_COLUMNS = ("source", "target", "result")


class ContactSheet:
    """A contact sheet in the making.

    Args:
        file: the PNG file to write; whoever opened it commits it.
        rows: the largest number of moments to show.
        photos: uint8 (h, w, 3) BGR source photos, at least one.

    Attributes:
        recorder: collects the moments to show.
    """

    def __init__(self, file: AtomicFile, rows: int, photos: Sequence[Image]) -> None:
        self.recorder = MomentRecorder(rows)
        self._photos = photos
        self._file = file

    def draw(self) -> None:
        """Draw the recorded moments into the file.

        Raises:
            OutputError: the file cannot be written.
        """
        moments = self.recorder.moments()
        _, png = cv2.imencode(".png", draw_sheet(self._photos, moments))
        self._file.write(png.tobytes())


def draw_sheet(sources: Sequence[Image], moments: Sequence[Moment]) -> Image:
    """Draw one row per moment: a source photo, the target frame and the result.

    Args:
        sources: uint8 (h, w, 3) BGR photos, at least one; rows cycle through them.
        moments: at least one, all of the same size.

    Returns:
        uint8 (height, width, 3) BGR.
    """
    cell_height, cell_width = moments[0].target.shape[:2]
    photos = [_fitted(photo, cell_width, cell_height) for photo in sources]
    source_width = max(photo.shape[1] for photo in photos)
    lefts = np.cumsum([GAP, source_width + GAP, cell_width + GAP])
    width = int(lefts[-1]) + cell_width + GAP
    row_height = cell_height + _CAPTION
    sheet = blank_sheet(width, _HEADER + len(moments) * row_height + GAP)
    for left, title in zip(lefts, _COLUMNS, strict=True):
        write(sheet, title, int(left), _HEADER - 14, 0.7)
    for row, moment in enumerate(moments):
        top = _HEADER + row * row_height
        pictures = (photos[row % len(photos)], moment.target, moment.result)
        for left, picture in zip(lefts, pictures, strict=True):
            height, wide = picture.shape[:2]
            sheet[top : top + height, left : left + wide] = picture
        if moment.time is not None:
            write(sheet, timecode(moment.time), int(lefts[1]), top + cell_height + 22, 0.55)
    return sheet


def _fitted(photo: Image, width: int, height: int) -> Image:
    """Shrink or enlarge `photo` to the largest size that fits into `width` x `height`."""
    scale = min(width / photo.shape[1], height / photo.shape[0])
    size = (max(1, int(photo.shape[1] * scale)), max(1, int(photo.shape[0] * scale)))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(photo, size, interpolation=way), np.uint8)

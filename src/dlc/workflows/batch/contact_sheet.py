"""A contact sheet: source, target and result side by side at a few moments."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import cv2
import numpy as np

from dlc.arrays import Image
from dlc.media.files.atomic import AtomicFile, Finish
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
    """A contact sheet that becomes a file only if its context ends without an error.

    Args:
        path: the PNG file to write.
        rows: the largest number of moments to show.
        photos: uint8 (h, w, 3) BGR source photos, at least one.
        overwrite: whether an existing file may be replaced.
        finish: called last, before the file gets its final name; signs it, for example.

    Attributes:
        recorder: collects the moments to show.
    """

    def __init__(
        self,
        path: Path,
        rows: int,
        photos: Sequence[Image],
        *,
        overwrite: bool = False,
        finish: Finish | None = None,
    ) -> None:
        self.recorder = MomentRecorder(rows)
        self._photos = photos
        self._file = AtomicFile(path, overwrite=overwrite, finish=finish)

    def draw(self) -> None:
        """Draw the recorded moments into a temporary file next to the final one.

        Raises:
            OutputError: the file cannot be written.
        """
        moments = self.recorder.moments()
        _, png = cv2.imencode(".png", draw_sheet(self._photos, moments))
        self._file.write(png.tobytes())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if kind is None:
            self._file.commit()
        else:
            self._file.discard()


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

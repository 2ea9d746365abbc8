"""Draws panels with their captions as one JPEG file that says that it is synthetic."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from dlc.media.image.formats.jpeg import with_jpeg_xmp
from dlc.media.provenance.marking import noted_xmp

_NOTE = (
    "Synthetic: faces swapped with dlc. Photos of Eileen Collins by NASA and of Grace Hopper by "
    "the US Navy, public domain."
)
_GAP = 12
_CAPTION = 28
_CAPTION_SIZE = 17
_NOTE_SIZE = 13
_PAPER, _INK = "#fafafa", "#303030"
_QUALITY = 77


@dataclass(frozen=True, slots=True)
class Panel:
    """A picture and what is written above it."""

    caption: str
    picture: Image.Image


def draw(panels: Sequence[Panel], columns: int, height: int) -> Image.Image:
    """Return RGB: the panels in rows, each picture as high as `height`, and the note below."""
    scaled = [Panel(panel.caption, _scaled(panel.picture, height)) for panel in panels]
    rows = [scaled[first : first + columns] for first in range(0, len(scaled), columns)]
    width = max(sum(panel.picture.width + _GAP for panel in row) for row in rows) + _GAP
    row_height = _CAPTION + height + _GAP
    sheet = Image.new("RGB", (width, len(rows) * row_height + _CAPTION), _PAPER)
    pen = ImageDraw.Draw(sheet)
    for number, row in enumerate(rows):
        left, top = _GAP, number * row_height
        for panel in row:
            _write(pen, panel.caption, left, top + _CAPTION // 2, _CAPTION_SIZE)
            sheet.paste(panel.picture, (left, top + _CAPTION))
            left += panel.picture.width + _GAP
    _write(pen, _NOTE, _GAP, sheet.height - _CAPTION // 2 - 2, _NOTE_SIZE)
    return sheet


def write_jpeg(path: Path, sheet: Image.Image) -> None:
    """Write a sheet with the note by which every output of dlc says that it is synthetic."""
    coded = io.BytesIO()
    sheet.save(coded, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
    path.write_bytes(with_jpeg_xmp(coded.getvalue(), noted_xmp(None)))


def _scaled(picture: Image.Image, height: int) -> Image.Image:
    width = round(picture.width * height / picture.height)
    return picture.resize((width, height), Image.Resampling.LANCZOS)


def _write(pen: ImageDraw.ImageDraw, text: str, left: int, middle: int, size: int) -> None:
    pen.text((left, middle), text, _INK, ImageFont.load_default(size), anchor="lm")

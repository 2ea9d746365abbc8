"""How many pixels of an image go into an inch on paper, which each kind of file says in its way."""

from __future__ import annotations

import struct

from dlc.media.image.formats.jpeg import jpeg_segments
from dlc.media.image.formats.png import png_chunks, with_png_chunk
from dlc.media.image.formats.tiff import rational_value, short_value
from dlc.media.image.kinds import ImageKind, OutputKind

# Pixels an inch, from left to right and from top to bottom.
Density = tuple[float, float]

_INCHES_A_METER = 1 / 0.0254
_MOST = 0xFFFF
_BMP_DENSITY = 38
# Inches in the units of JFIF and of TIFF; other numbers mean no unit.
_JFIF_UNITS = {1: 1.0, 2: 2.54}
_TIFF_UNITS = {2: 1.0, 3: 2.54}
_TIFF_X, _TIFF_Y, _TIFF_UNIT = 282, 283, 296


def density_of(kind: ImageKind, data: bytes, exif: bytes | None) -> Density | None:
    """Return the density that an image file states, or else its EXIF data; None if neither does."""
    found = None
    if kind is ImageKind.JPEG:
        found = _jfif_density(data)
    elif kind is ImageKind.PNG:
        found = _png_density(data)
    elif kind is ImageKind.BMP:
        found = _of_meters(*struct.unpack_from("<ii", data.ljust(54, b"\0"), _BMP_DENSITY))
    elif kind is ImageKind.TIFF:
        found = _tiff_density(data)
    return found or (_tiff_density(exif) if exif else None)


def with_density(kind: OutputKind, data: bytes, density: Density) -> bytes:
    """Return a JPEG, PNG or BMP file that says its density; others are returned as they are.

    JPEG files have to begin with JFIF's segment, and BMP files with a header of at least 40 bytes,
    as OpenCV writes them.
    """
    if kind is OutputKind.JPEG and data[6:11] == b"JFIF\0":
        x, y = map(round, density)
        return data[:13] + struct.pack(">BHH", 1, x, y) + data[18:]
    x, y = (round(each * _INCHES_A_METER) for each in density)
    if kind is OutputKind.PNG:
        return with_png_chunk(data, b"pHYs", struct.pack(">IIB", x, y, 1))
    if kind is OutputKind.BMP:
        return data[:_BMP_DENSITY] + struct.pack("<ii", x, y) + data[_BMP_DENSITY + 8 :]
    return data


def _of_meters(x: int, y: int) -> Density | None:
    return _checked(x / _INCHES_A_METER, y / _INCHES_A_METER)


def _checked(x: float, y: float) -> Density | None:
    # What JFIF can say; numbers beyond it are mistakes.
    return (x, y) if 1 <= x <= _MOST and 1 <= y <= _MOST else None


def _jfif_density(data: bytes) -> Density | None:
    for marker, position, length in jpeg_segments(data):
        if marker == 0xE0 and length >= 12 and data.startswith(b"JFIF\0", position):
            unit, x, y = struct.unpack_from(">BHH", data, position + 7)
            inches = _JFIF_UNITS.get(unit, 0.0)
            return _checked(x * inches, y * inches)
    return None


def _png_density(data: bytes) -> Density | None:
    for kind, contents, _ in png_chunks(data):
        if kind == b"pHYs" and len(contents) == 9 and contents[8] == 1:
            return _of_meters(*struct.unpack_from(">II", contents))
        if kind == b"IDAT":
            break
    return None


def _tiff_density(data: bytes) -> Density | None:
    """Return the density that the first directory of a TIFF structure says."""
    unit = short_value(data, _TIFF_UNIT)
    inches = 1.0 if unit is None else _TIFF_UNITS.get(unit, 0.0)
    x, y = (rational_value(data, tag) or 0.0 for tag in (_TIFF_X, _TIFF_Y))
    return _checked(x * inches, y * inches)

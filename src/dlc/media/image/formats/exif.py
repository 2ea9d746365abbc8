"""EXIF: how a picture lies, and what must not stay when it changes."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from dlc.media.image.formats.tiff import entries, entry, first_directory, short_value

_ORIENTATION = 0x0112
_EXIF, _GPS, _INTEROPERABILITY = 0x8769, 0x8825, 0xA005
_THUMBNAIL = 0x0201
# Bytes of one value of each type, from 1 on.
_SIZES = (1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4)


def orientation_of(exif: bytes | None) -> int:
    """Return the EXIF Orientation number; 1, upright, where there is none."""
    return (short_value(exif, _ORIENTATION) if exif else None) or 1


def upright(exif: bytes) -> bytes:
    """Return EXIF data that says of its picture that it is upright, if it says how it lies."""
    found = entry(exif, _ORIENTATION)
    if found is None:
        return exif
    order, at = found
    return exif[: at + 8] + struct.pack(order + "H", 1) + exif[at + 10 :]


def without_thumbnail(exif: bytes) -> bytes:
    """Return EXIF data without the thumbnail, which shows the picture as it was.

    The link to it is cut. Where it is the last thing, as it should be, the thumbnail goes, too, and
    with it the previews that some phones put behind it.
    """
    directory = first_directory(exif)
    if directory is None:
        return exif
    order, position = directory
    (count,) = struct.unpack_from(order + "H", exif, position)
    link = position + 2 + 12 * count
    if link + 4 > len(exif):
        return exif
    (second,) = struct.unpack_from(order + "I", exif, link)
    end = max(_ends(exif, order, position), default=len(exif))
    begin = _value(exif, order, second, _THUMBNAIL)
    cut = exif[:link] + bytes(4) + exif[link + 4 :]
    return cut[:end] if begin is not None and begin >= end else cut


def _value(structure: bytes, order: str, position: int, wanted: int) -> int | None:
    found = entries(structure, order, position)
    return next((value for _, tag, _, _, value in found if tag == wanted), None)


def _ends(structure: bytes, order: str, position: int) -> Iterator[int]:
    """Yield where a directory, its values and the directories in it end."""
    # Each of these directories is there once; more of them could lead into each other for ever.
    places, links = [position], {_EXIF, _GPS, _INTEROPERABILITY}
    while places:
        for at, tag, kind, count, value in entries(structure, order, places.pop()):
            # The link to the next directory follows the last entry.
            yield at + 16
            size = count * _SIZES[kind - 1] if 0 < kind <= len(_SIZES) else 0
            if size > 4:
                yield value + size
            if tag in links:
                links.remove(tag)
                places.append(value)

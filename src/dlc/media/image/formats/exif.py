"""The TIFF structure of EXIF: numbers in it, and what must not stay when the picture changes."""

from __future__ import annotations

import struct
from collections.abc import Iterator

_ORIENTATION = 0x0112
_EXIF, _GPS, _INTEROPERABILITY = 0x8769, 0x8825, 0xA005
_THUMBNAIL = 0x0201
# Bytes of one value of each type, from 1 on.
_SIZES = (1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4)


def short_value(structure: bytes, wanted: int) -> int | None:
    """Return a short number of the first directory of EXIF or TIFF by its tag."""
    found = _entry(structure, wanted)
    return found and int(struct.unpack_from(found[0] + "H", structure, found[1] + 8)[0])


def rational_value(structure: bytes, wanted: int) -> float | None:
    """Return a fraction of the first directory of EXIF or TIFF by its tag; None if it is none."""
    found = _entry(structure, wanted)
    if found is None:
        return None
    order, at = found
    (place,) = struct.unpack_from(order + "I", structure, at + 8)
    if place + 8 > len(structure):
        return None
    numerator, denominator = struct.unpack_from(order + "II", structure, place)
    return numerator / denominator if denominator else None


def orientation_of(exif: bytes | None) -> int:
    """Return the EXIF Orientation number; 1, upright, where there is none."""
    return (short_value(exif, _ORIENTATION) if exif else None) or 1


def upright(exif: bytes) -> bytes:
    """Return EXIF data that says of its picture that it is upright, if it says how it lies."""
    found = _entry(exif, _ORIENTATION)
    if found is None:
        return exif
    order, at = found
    return exif[: at + 8] + struct.pack(order + "H", 1) + exif[at + 10 :]


def without_thumbnail(exif: bytes) -> bytes:
    """Return EXIF data without the thumbnail, which shows the picture as it was.

    The link to it is cut. Where it is the last thing, as it should be, the thumbnail goes, too, and
    with it the previews that some phones put behind it.
    """
    directory = _first_directory(exif)
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


def _first_directory(structure: bytes) -> tuple[str, int] | None:
    """Return the byte order of EXIF or TIFF, and where its first directory begins."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(structure[:4])
    if order is None or len(structure) < 8:
        return None
    (position,) = struct.unpack_from(order + "I", structure, 4)
    return None if position + 2 > len(structure) else (order, position)


def _entry(structure: bytes, wanted: int) -> tuple[str, int] | None:
    """Return the byte order, and where the entry of a tag is in the first directory."""
    directory = _first_directory(structure)
    if directory is None:
        return None
    order, position = directory
    entries = (at for at, tag, *_ in _entries(structure, order, position) if tag == wanted)
    return next(((order, at) for at in entries), None)


def _entries(
    structure: bytes, order: str, position: int
) -> Iterator[tuple[int, int, int, int, int]]:
    """Yield where a directory's entries are, and their tag, type, count and value or its place."""
    if not 0 < position <= len(structure) - 2:
        return
    (count,) = struct.unpack_from(order + "H", structure, position)
    for at in range(position + 2, min(position + 2 + 12 * count, len(structure) - 11), 12):
        yield at, *struct.unpack_from(order + "HHII", structure, at)


def _value(structure: bytes, order: str, position: int, wanted: int) -> int | None:
    entries = _entries(structure, order, position)
    return next((value for _, tag, _, _, value in entries if tag == wanted), None)


def _ends(structure: bytes, order: str, position: int) -> Iterator[int]:
    """Yield where a directory, its values and the directories in it end."""
    # Each of these directories is there once; more of them could lead into each other for ever.
    places, links = [position], {_EXIF, _GPS, _INTEROPERABILITY}
    while places:
        for at, tag, kind, count, value in _entries(structure, order, places.pop()):
            # The link to the next directory follows the last entry.
            yield at + 16
            size = count * _SIZES[kind - 1] if 0 < kind <= len(_SIZES) else 0
            if size > 4:
                yield value + size
            if tag in links:
                links.remove(tag)
                places.append(value)

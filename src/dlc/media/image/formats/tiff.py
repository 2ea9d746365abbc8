"""The structure of TIFF, which EXIF has, too: its directories, and the numbers in them."""

from __future__ import annotations

import struct
from collections.abc import Iterator

_SUBFILE_TAG = 0x00FE
_COLOR_SPACE_TAG = 0x0106
_SEPARATED = 5


def short_value(structure: bytes, wanted: int) -> int | None:
    """Return a short number of the first directory by its tag."""
    found = entry(structure, wanted)
    return found and int(struct.unpack_from(found[0] + "H", structure, found[1] + 8)[0])


def rational_value(structure: bytes, wanted: int) -> float | None:
    """Return a fraction of the first directory by its tag; None if it is none."""
    found = entry(structure, wanted)
    if found is None:
        return None
    order, at = found
    (place,) = struct.unpack_from(order + "I", structure, at + 8)
    if place + 8 > len(structure):
        return None
    numerator, denominator = struct.unpack_from(order + "II", structure, place)
    return numerator / denominator if denominator else None


def first_directory(structure: bytes) -> tuple[str, int] | None:
    """Return the byte order, as `struct` writes it, and where the first directory begins."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(structure[:4])
    if order is None or len(structure) < 8:
        return None
    (position,) = struct.unpack_from(order + "I", structure, 4)
    return None if position + 2 > len(structure) else (order, position)


def entries(
    structure: bytes, order: str, position: int
) -> Iterator[tuple[int, int, int, int, int]]:
    """Yield where a directory's entries are, and their tag, type, count and value or its place."""
    if not 0 < position <= len(structure) - 2:
        return
    (count,) = struct.unpack_from(order + "H", structure, position)
    for at in range(position + 2, min(position + 2 + 12 * count, len(structure) - 11), 12):
        yield at, *struct.unpack_from(order + "HHII", structure, at)


def entry(structure: bytes, wanted: int) -> tuple[str, int] | None:
    """Return the byte order, and where the entry of a tag is in the first directory."""
    directory = first_directory(structure)
    if directory is None:
        return None
    order, position = directory
    places = (at for at, tag, *_ in entries(structure, order, position) if tag == wanted)
    return next(((order, at) for at in places), None)


def tiff_pages(data: bytes) -> int:
    """Return how many pages a TIFF file has, small versions of others not counted."""
    order = "<" if data[:2] == b"II" else ">"
    seen: set[int] = set()
    # Directories of one file do not share bytes; those of a hostile one would share nearly all.
    pages, left = 0, len(data)
    (position,) = struct.unpack_from(order + "I", data, 4)
    while position and position not in seen and position + 2 <= len(data):
        seen.add(position)
        (count,) = struct.unpack_from(order + "H", data, position)
        end = position + 2 + 12 * count
        left -= end - position
        if end + 4 > len(data) or left < 0:
            break
        tags = ((tag, value) for _, tag, _, _, value in entries(data, order, position))
        pages += not any(tag == _SUBFILE_TAG and value & 1 for tag, value in tags)
        (position,) = struct.unpack_from(order + "I", data, end)
    return pages


def is_separated(data: bytes) -> bool:
    """Whether a TIFF file has the four colors of print."""
    return short_value(data, _COLOR_SPACE_TAG) == _SEPARATED

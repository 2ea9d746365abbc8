"""The directories of TIFF files, one for each page."""

from __future__ import annotations

import struct

from dlc.media.image.formats.exif import short_value

_SUBFILE_TAG = 0x00FE
_COLOR_SPACE_TAG = 0x0106
_SEPARATED = 5


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
        entries = (
            struct.unpack_from(order + "HHII", data, at) for at in range(position + 2, end, 12)
        )
        pages += not any(tag == _SUBFILE_TAG and value & 1 for tag, _, _, value in entries)
        (position,) = struct.unpack_from(order + "I", data, end)
    return pages


def is_separated(data: bytes) -> bool:
    """Whether a TIFF file has the four colors of print."""
    return short_value(data, _COLOR_SPACE_TAG) == _SEPARATED

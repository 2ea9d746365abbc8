"""Noticing that something of an FLV file is missing.

FFmpeg looks for the next tag without a word where one is damaged. What is whole is an unbroken
chain of tags, each of which says how long it is (Adobe's Flash Video File Format 10.1, annex E).
Some files also say how long they are.
"""

from __future__ import annotations

import os
import re
import struct
from pathlib import Path
from typing import BinaryIO

# A tag's kind, length, time and stream; its length again is behind it.
_HEADER, _TRAILER = 11, 4
# Where a file says what it is, if it does.
_METADATA = 4096
# More than any disk holds.
_MOST_BYTES = 1 << 60


def has_broken_chain(path: Path, begin: int | None, end: int) -> bool:
    """Return whether no chain of tags leads from one to another.

    Args:
        path: the file.
        begin: where the first one begins; None is the file's first one.
        end: where the other one begins, further on.
    """
    with path.open("rb") as file:
        return _reached(file, begin, end) != end


def has_broken_end(path: Path, begin: int) -> bool:
    """Return whether no chain of tags leads from one to the end of the file."""
    with path.open("rb") as file:
        end = file.seek(0, os.SEEK_END)
        # The last tag's length need not be there twice.
        return _reached(file, begin, end) not in (end, end + _TRAILER)


def stated_size(file: BinaryIO) -> int:
    """Return how many bytes a file says it has; 0 where it does not, as most live recordings."""
    file.seek(0)
    found = re.search(rb"filesize\0(.{8})", file.read(_METADATA), re.DOTALL)
    size = struct.unpack(">d", found[1])[0] if found else 0.0
    return int(size) if 0 <= size < _MOST_BYTES else 0


def _reached(file: BinaryIO, position: int | None, end: int) -> int:
    """Follow the tags to the first that does not begin before `end`, or is none."""
    if position is None:
        file.seek(5)
        position = int.from_bytes(file.read(4), "big") + _TRAILER
    while position < end:
        file.seek(position)
        header = file.read(_HEADER)
        # There are more kinds than the standard knows, but a block of zeros is none.
        if len(header) < _HEADER or not header[0]:
            break
        position += _HEADER + int.from_bytes(header[1:4], "big") + _TRAILER
    return position

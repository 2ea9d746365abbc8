"""Noticing that something of a WMV or ASF file is missing.

FFmpeg looks for the next packet without a word where one is damaged. All packets of a file have the
same size and begin alike (Microsoft's Advanced Systems Format, 3.2 and 5.2).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

MAGIC = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
_PROPERTIES = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")
_DATA = bytes.fromhex("3626b2758e66cf11a6d900aa0062ce6c")
# What precedes the packets in the part of the file that holds them.
_DATA_HEADER = 50
# Where all that is looked for is.
_HEAD = 1 << 20
# In the first byte of packets that begin with data for error correction, as nearly all do.
_MARKED = 0x80
# Of a live recording, of which nothing is counted.
_BROADCAST = 1


@dataclass(frozen=True, slots=True)
class _Layout:
    """How a file says that it is made up, in bytes.

    Attributes:
        size: of the file; 0 for a live recording.
        begin: where the packets begin.
        packet: length of each.
        packets: how many there are; 0 for a live recording.
    """

    size: int
    begin: int
    packet: int
    packets: int


def has_broken_chain(path: Path, begin: int | None, end: int) -> bool:
    """Return whether there is something else than packets between two of them.

    Args:
        path: the file.
        begin: where the first one begins; None is the file's first one.
        end: where the other one does, further on.
    """
    with path.open("rb") as file:
        layout = _layout(file)
        if layout is None:
            return False
        return _is_broken(file, layout, layout.begin if begin is None else begin, end)


def has_broken_end(path: Path, begin: int) -> bool:
    """Return whether there is something else than packets behind one of them."""
    with path.open("rb") as file:
        layout = _layout(file)
        if layout is None or not layout.packets:
            return False
        return _is_broken(file, layout, begin, layout.begin + (layout.packets - 1) * layout.packet)


def stated_size(file: BinaryIO) -> int:
    """Return how many bytes a file says it has; 0 where it cannot, as for a live recording."""
    layout = _layout(file)
    return 0 if layout is None else layout.size


def _layout(file: BinaryIO) -> _Layout | None:
    file.seek(0)
    head = file.read(_HEAD)
    properties, data = head.find(_PROPERTIES), head.find(_DATA)

    def number(at: int, width: int) -> int:
        return int.from_bytes(head[properties + at : properties + at + width], "little")

    packet = number(92, 4)
    if properties < 0 or data < 0 or not packet or packet != number(96, 4):
        return None
    counts = not number(88, 4) & _BROADCAST
    return _Layout(number(40, 8) * counts, data + _DATA_HEADER, packet, number(56, 8) * counts)


def _is_broken(file: BinaryIO, layout: _Layout, begin: int, end: int) -> bool:
    """Return whether not every packet from `begin` to `end` begins as the first one does.

    The one at `end` counts, as FFmpeg gives frames behind a damaged one the same position.
    """
    first = _first_byte(file, layout.begin)
    if not first & _MARKED:
        # Packets may begin differently, and say nothing.
        return False
    if (begin - layout.begin) % layout.packet or (end - layout.begin) % layout.packet:
        return True
    starts = range(begin, end + 1, layout.packet)
    return any(_first_byte(file, start) != first for start in starts)


def _first_byte(file: BinaryIO, at: int) -> int:
    """Return the byte at a position; 0 behind the end."""
    file.seek(at)
    return int.from_bytes(file.read(1), "big")

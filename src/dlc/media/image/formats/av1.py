"""The size that AV1 data announces, which its container need not tell the truth about."""

from __future__ import annotations

import math
from collections.abc import Iterator

_SEQUENCE_HEADER = 1
# A picture has a handful; to look through thousands of empty ones would take time.
_MOST_UNITS = 200
# More than a header takes up to its size, however many operating points it lists.
_MOST_HEADER_BYTES = 512
# What a header can say at most.
_LARGEST = (1 << 16, 1 << 16)


def coded_size(units: bytes) -> tuple[int, int] | None:
    """Return width and height that AV1 data announces.

    Args:
        units: open bitstream units, as section 5.3 of the AV1 specification describes them.

    Returns:
        Those of the largest sequence header, should there be several. Where there are more units
        than a picture has, a header may be among the rest: the largest size that it could say. None
        if there is no header, or none that is not cut short.
    """
    found = _announced_sizes(units)
    return max(filter(None, found), key=math.prod, default=None)


def _announced_sizes(units: bytes) -> Iterator[tuple[int, int] | None]:
    at = 0
    for _ in range(_MOST_UNITS):
        if at >= len(units):
            return
        header = units[at]
        at += 2 if header & 4 else 1
        length, size_length = _leb128(units[at : at + 8])
        if not header & 2:
            length, size_length = len(units) - at, 0
        at += size_length
        if header >> 3 & 15 == _SEQUENCE_HEADER:
            yield _announced_size(_Bits(units[at : at + min(length, _MOST_HEADER_BYTES)]))
        at += length
    if at < len(units):
        yield _LARGEST


def _leb128(data: bytes) -> tuple[int, int]:
    """Return a number in groups of seven bits, the lowest first, and how many bytes it takes."""
    value = 0
    for count, byte in enumerate(data):
        value |= (byte & 127) << 7 * count
        if byte < 128:
            return value, count + 1
    return value, len(data)


class _Bits:
    """Reads numbers from a string of bits, the highest first; EOFError behind its end."""

    def __init__(self, data: bytes) -> None:
        self._value, self._left = int.from_bytes(data, "big"), 8 * len(data)

    def read(self, count: int) -> int:
        self._left -= count
        if self._left < 0:
            raise EOFError
        return self._value >> self._left & (1 << count) - 1

    def read_uvlc(self) -> int:
        zeros = 0
        while not self.read(1):
            zeros += 1
        return self.read(zeros) if zeros < 32 else 0


def _announced_size(bits: _Bits) -> tuple[int, int] | None:
    try:
        bits.read(4)
        if bits.read(1):
            bits.read(5)
        else:
            _skip_operating_points(bits)
        lengths = bits.read(4) + 1, bits.read(4) + 1
        return bits.read(lengths[0]) + 1, bits.read(lengths[1]) + 1
    except EOFError:
        return None


def _skip_operating_points(bits: _Bits) -> None:
    """Skip what the header of a video says between its profile and its size (section 5.5.1)."""
    delay_length = 0
    if bits.read(1):
        bits.read(64)
        if bits.read(1):
            bits.read_uvlc()
        if bits.read(1):
            delay_length = bits.read(5) + 1
            bits.read(32 + 5 + 5)
    has_initial_delay = bits.read(1)
    for _ in range(bits.read(5) + 1):
        bits.read(12)
        if bits.read(5) > 7:
            bits.read(1)
        if delay_length and bits.read(1):
            bits.read(2 * delay_length + 1)
        if has_initial_delay and bits.read(1):
            bits.read(4)

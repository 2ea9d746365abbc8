"""Walks the protobuf wire format, decoding only what is requested.

Only what ONNX files need: https://protobuf.dev/programming-guides/encoding. Nothing here trusts the
bytes: lengths are checked against their message, and a budget bounds how many fields are visited.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

_VARINT, _FIXED64, _LENGTH, _FIXED32 = 0, 1, 2, 5
_FIXED_SIZE = {_FIXED64: 8, _FIXED32: 4}
_UNSIGNED_64 = (1 << 64) - 1

_SHRUNK = "it became shorter while it was read"

# Far longer than any name that tools give to weights.
_MAX_TEXT = 1 << 16

# A face model has a few hundred nodes and weights, far below this.
MAX_FIELDS = 500_000


class WireError(ValueError):
    """The bytes are not a protobuf message, or not one worth reading."""


@dataclass(slots=True)
class Budget:
    """Remaining number of fields that may be visited; shared by all readers of a file."""

    fields: int = MAX_FIELDS

    def spend(self) -> None:
        """Spend one field.

        Raises:
            WireError: the budget is spent.
        """
        self.fields -= 1
        if self.fields < 0:
            message = f"it has more than {MAX_FIELDS:,} parts"
            raise WireError(message)


class FileBytes:
    """The bytes of a file, with only a small window in memory.

    A memory map would be simpler, but Linux may map 2 MB for every byte touched, so half of a large
    model would count as this process's memory, and a file that shrinks while mapped would crash it.

    Args:
        file: an unbuffered file.
    """

    _WINDOW = 1 << 12

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._window = b""
        self._start = 0

    def byte(self, at: int) -> int:
        """Return one byte.

        Raises:
            WireError: the file ends before it.
        """
        offset = at - self._start
        if not 0 <= offset < len(self._window):
            self._window = self.read(at, at + self._WINDOW)
            self._start, offset = at, 0
            if not self._window:
                raise WireError(_SHRUNK)
        return self._window[offset]

    def read(self, start: int, end: int) -> bytes:
        """Return the bytes from `start` to `end`, or as many as there are."""
        self._file.seek(start)
        pieces = []
        while start < end and (piece := self._file.read(end - start)):
            pieces.append(piece)
            start += len(piece)
        return b"".join(pieces)


@dataclass(frozen=True, slots=True)
class ByteRange:
    """The bytes from `start` to `end` of a file, read as one message or one value."""

    data: FileBytes
    start: int
    end: int
    budget: Budget

    def __len__(self) -> int:
        return self.end - self.start

    def read(self) -> bytes:
        """Return the bytes.

        Raises:
            WireError: they are no longer there.
        """
        data = self.data.read(self.start, self.end)
        if len(data) < len(self):
            raise WireError(_SHRUNK)
        return data

    def text(self) -> str:
        """Return the bytes as text; invalid UTF-8 is escaped.

        Raises:
            WireError: there are too many for a name.
        """
        if len(self) > _MAX_TEXT:
            message = f"a name in it has {len(self):,} bytes"
            raise WireError(message)
        return self.read().decode("utf-8", errors="backslashreplace")

    def fields(self) -> Iterator[tuple[int, int | ByteRange]]:
        """Yield the number and value of every field of the message.

        Varints come as unsigned 64-bit integers, everything else as the range of its bytes.

        Raises:
            WireError: the message is malformed or cut off, or the budget is spent.
        """
        at = self.start
        while at < self.end:
            self.budget.spend()
            key, at = _varint(self, at)
            number, kind = key >> 3, key & 7
            if number == 0:
                message = f"byte {at - 1:,} is not where a field can begin"
                raise WireError(message)
            if kind == _VARINT:
                value, at = _varint(self, at)
                yield number, value
                continue
            if kind == _LENGTH:
                size, at = _varint(self, at)
            elif kind in _FIXED_SIZE:
                size = _FIXED_SIZE[kind]
            else:
                message = f"the field before byte {at:,} is of no known kind"
                raise WireError(message)
            if size > self.end - at:
                message = f"{size - (self.end - at):,} bytes are missing at its end"
                raise WireError(message)
            yield number, ByteRange(self.data, at, at + size, self.budget)
            at += size


def signed(value: int) -> int:
    """Convert an unsigned 64-bit varint to protobuf's `int64`."""
    (number,) = struct.unpack("<q", struct.pack("<Q", value))
    return int(number)


def length_field(number: int, content: bytes) -> bytes:
    """Return the encoding of a field that holds a message, a string or bytes."""
    return _encoded(number << 3 | _LENGTH) + _encoded(len(content)) + content


def _encoded(value: int) -> bytes:
    """Return a non-negative number as a varint."""
    digits = bytearray()
    while value > 0x7F:
        digits.append(value & 0x7F | 0x80)
        value >>= 7
    digits.append(value)
    return bytes(digits)


def _varint(span: ByteRange, at: int) -> tuple[int, int]:
    """Return the varint at `at` and its end."""
    value = 0
    # Seven bits a byte, so ten bytes hold 64 bits.
    for shift in range(0, 70, 7):
        if at >= span.end:
            message = "it ends in the middle of a number"
            raise WireError(message)
        byte = span.data.byte(at)
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & _UNSIGNED_64, at
    message = f"byte {at:,} is inside a number that never ends"
    raise WireError(message)

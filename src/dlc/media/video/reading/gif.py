"""What GIFs say of themselves and FFmpeg's reader keeps to itself."""

from __future__ import annotations

import mmap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

# Before the parts: signature, size, flags, background and shape of pixels.
_HEADER = 13
_EXTENSION, _PICTURE = b"\x21", b"\x2c"
_APPLICATION, _CONTROL = b"\xff", b"\xf9"
_LOOPING = (b"NETSCAPE2.0", b"ANIMEXTS1.0")
# In the flags of a control extension: one of the picture's colors stands for nothing; and what
# becomes of the picture before the next one, of which one way leaves a hole.
_HAS_HOLES, _TO_BACKGROUND = 1, 2


@dataclass(frozen=True, slots=True)
class GifFacts:
    """What becomes of a GIF's pictures.

    Attributes:
        repeats: how often it begins anew: 0 is for ever; None if it is played once.
        is_opaque: whether it is certain that no pixel is ever transparent.
    """

    repeats: int | None
    is_opaque: bool


@dataclass(frozen=True, slots=True)
class _Part:
    """An extension with its data, or a picture with its position and size and without its data."""

    label: bytes
    data: Sequence[bytes]


def read_gif(path: Path) -> GifFacts:
    """Go through a GIF, up to where it is cut off, without decoding its pictures."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        screen, parts = data[6:10], list(_parts(data))
    return GifFacts(_repeats(parts), _is_opaque(parts, screen))


def _repeats(parts: Sequence[_Part]) -> int | None:
    for part in takewhile(lambda part: part.label != _PICTURE, parts):
        if part.label == _APPLICATION and part.data and part.data[0] in _LOOPING:
            counts = (block[1:3] for block in part.data[1:] if len(block) == 3 and block[0] == 1)
            return next((int.from_bytes(count, "little") for count in counts), None)
    return None


def _is_opaque(parts: Sequence[_Part], screen: bytes) -> bool:
    flags, pictures = 0, []
    for part in parts:
        if part.label == _CONTROL:
            flags = int.from_bytes(b"".join(part.data)[:1])
        elif part.label == _PICTURE:
            pictures.append((b"".join(part.data), flags))
            flags = 0
    if not pictures:
        return False
    # What the first picture fills is changed by others, whose holes show it.
    (area, flags), *_ = pictures
    return (
        area == bytes(4) + screen
        and not flags & _HAS_HOLES
        and all(each >> 2 & 7 != _TO_BACKGROUND for _, each in pictures)
    )


def _parts(data: mmap.mmap) -> Iterator[_Part]:
    at = _HEADER + _table_size(data[10:11])
    while (kind := data[at : at + 1]) in (_EXTENSION, _PICTURE):
        if kind == _EXTENSION:
            label, at = data[at + 1 : at + 2], at + 2
            blocks = list(_blocks(data, at))
            yield _Part(label, blocks)
        else:
            yield _Part(kind, [data[at + 1 : at + 9]])
            at += 11 + _table_size(data[at + 9 : at + 10])
            blocks = list(_blocks(data, at))
        at += sum(len(block) + 1 for block in blocks) + 1


def _blocks(data: mmap.mmap, at: int) -> Iterator[bytes]:
    """Yield blocks that each begin with their length, up to an empty one."""
    while length := int.from_bytes(data[at : at + 1]):
        yield data[at + 1 : at + 1 + length]
        at += 1 + length


def _table_size(flags: bytes) -> int:
    """Return how many bytes a color table takes, given the flags that announce it."""
    number = int.from_bytes(flags)
    return 3 << (number & 7) + 1 if number & 0x80 else 0

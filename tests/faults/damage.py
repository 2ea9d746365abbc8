"""Seeded damage to files: what disks, networks and strangers do to them."""

from __future__ import annotations

import random
from collections.abc import Callable

# Where containers and ONNX keep what a reader has to believe before it reads anything else.
_HEADER = 512

Damage = Callable[[bytes, random.Random], bytes]


def flipped_bits(data: bytes, chance: random.Random) -> bytes:
    """Flip one to 32 bits anywhere."""
    changed = bytearray(data)
    for _ in range(2 ** chance.randrange(6)):
        changed[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def cut_short(data: bytes, chance: random.Random) -> bytes:
    """Keep a beginning, of one byte at least."""
    return data[: chance.randrange(1, len(data))]


def damaged_header(data: bytes, chance: random.Random) -> bytes:
    """Write random bytes over a few places among the first."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(min(_HEADER, len(data)))
        noise = chance.randbytes(chance.choice((1, 2, 4, 8)))
        changed[at : at + len(noise)] = noise
    return bytes(changed)


def huge_numbers(data: bytes, chance: random.Random) -> bytes:
    """Write the largest and other telling numbers over a few fields of four bytes."""
    changed = bytearray(data)
    numbers = (b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x00\x00\x00\x00", b"\xff\xff\xff\x7f")
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(max(1, len(data) - 4))
        changed[at : at + 4] = chance.choice(numbers)
    return bytes(changed)


def missing_middle(data: bytes, chance: random.Random) -> bytes:
    """Leave a piece out, as a lost block of a download does."""
    begin = chance.randrange(len(data))
    return data[:begin] + data[begin + chance.randint(1, max(1, len(data) // 4)) :]


def doubled_piece(data: bytes, chance: random.Random) -> bytes:
    """Write a piece twice."""
    begin = chance.randrange(len(data))
    end = begin + chance.randint(1, max(1, len(data) // 8))
    return data[:end] + data[begin:end] + data[end:]


def zeroed_block(data: bytes, chance: random.Random) -> bytes:
    """Overwrite a block with zeros, as a file system does after a power failure."""
    begin = chance.randrange(len(data))
    length = min(chance.choice((16, 512, 4096)), len(data) - begin)
    return data[:begin] + bytes(length) + data[begin + length :]


KINDS: tuple[Damage, ...] = (
    flipped_bits,
    cut_short,
    damaged_header,
    huge_numbers,
    missing_middle,
    doubled_piece,
    zeroed_block,
)

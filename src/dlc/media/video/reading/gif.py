"""How often a GIF is played, which FFmpeg's reader of GIF keeps to itself."""

from __future__ import annotations

from pathlib import Path

# Extensions come before the first picture; comments among them may be long.
_HEAD = 1 << 16
_HEADER = 13
_LOOPING = (b"NETSCAPE2.0", b"ANIMEXTS1.0")


def gif_repeats(path: Path) -> int | None:
    """Return how often a GIF begins anew: 0 is for ever; None if it is played once."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    flags = head[10] if len(head) >= _HEADER else 0
    at = _HEADER + (3 << (flags & 7) + 1 if flags & 0x80 else 0)
    # An extension: its introducer, its label, and blocks that each begin with their length.
    while head[at : at + 1] == b"\x21":
        label, at = head[at + 1 : at + 2], at + 2
        blocks = []
        while length := int.from_bytes(head[at : at + 1]):
            blocks.append(head[at + 1 : at + 1 + length])
            at += 1 + length
        at += 1
        if label == b"\xff" and blocks and blocks[0] in _LOOPING:
            counts = (block[1:3] for block in blocks[1:] if len(block) == 3 and block[0] == 1)
            return next((int.from_bytes(count, "little") for count in counts), None)
    return None

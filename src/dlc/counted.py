"""Numbers of things, in words."""

from __future__ import annotations

from collections.abc import Sequence


def counted(number: int, thing: str) -> str:
    """Return "0 faces", "1 face", "2 faces" and so on."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def listed(names: Sequence[str], most: int) -> str:
    """Return "a, b, c and 2 more", where there are more than `most`, here 3."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")

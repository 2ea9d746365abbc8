"""Numbers of things, in words."""

from __future__ import annotations


def counted(number: int, thing: str) -> str:
    """Return "0 faces", "1 face", "2 faces" and so on."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"

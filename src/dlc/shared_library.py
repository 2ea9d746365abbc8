"""Whether a shared library of the system is there and can be used."""

from __future__ import annotations

import ctypes


def loads(name: str) -> bool:
    """Return whether the system's loader finds a library and all that it depends on."""
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True

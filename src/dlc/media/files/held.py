"""Whether a file may be replaced, which Windows does not allow of all that may be written."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def why_held(path: Path) -> str | None:
    """Return what keeps a file from being replaced; None if nothing does.

    Windows replaces no file that is read-only, or that a program has open, as players have.
    """
    if sys.platform != "win32" or not path.exists():
        return None
    if not os.access(path, os.W_OK):
        return "is read-only"
    try:
        # Refused for the same reasons, and otherwise nothing changes.
        path.rename(path)
    except PermissionError:
        return "is open in another program"
    return None

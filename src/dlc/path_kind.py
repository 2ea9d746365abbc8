"""What is at a path, or an error where that cannot be told.

Of a folder that may not be entered, or a name that is too long, pathlib says from Python 3.14 on
that nothing is there, which sends users looking for what is not missing.
"""

from __future__ import annotations

import errno
import stat
from enum import Enum, auto
from pathlib import Path

# What Windows says of names that no file can have, of drives without a disk, and of links in a
# circle.
_NOTHING_ON_WINDOWS = frozenset({123, 21, 1921})
_NOTHING = frozenset({errno.ENOENT, errno.ENOTDIR, errno.EBADF, errno.ELOOP})


class PathKind(Enum):
    """What a path leads to, through links."""

    NOTHING = auto()
    FILE = auto()
    FOLDER = auto()
    OTHER = auto()


def kind_of(path: Path) -> PathKind:
    """Return what is at a path.

    Raises:
        OSError: it cannot be told.
    """
    try:
        mode = path.stat().st_mode
    except OSError as error:
        if error.errno in _NOTHING or getattr(error, "winerror", None) in _NOTHING_ON_WINDOWS:
            return PathKind.NOTHING
        raise
    if stat.S_ISDIR(mode):
        return PathKind.FOLDER
    return PathKind.FILE if stat.S_ISREG(mode) else PathKind.OTHER

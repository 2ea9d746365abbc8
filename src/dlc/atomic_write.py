"""Writes files atomically: either the old or the new content, never half of each."""

from __future__ import annotations

import os
import secrets
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

# What programs ask for of a file that is not secret; the user's umask takes from it.
_USUAL_MODE = 0o666

# How long virus scanners of Windows may take to look at a new file, and between two tries; seconds.
_PATIENCE = 2.0
_PAUSE = 0.1


@contextmanager
def atomic_write(
    path: Path, *, mode: int = _USUAL_MODE, synced: bool = False
) -> Iterator[BinaryIO]:
    """Yield a file that gets its name when the block ends, unless an error ends it.

    Until then it has a hidden name beside it, under which it is removed if there is an error.

    Args:
        path: the name; a file that has it is replaced.
        mode: the permissions of the file, from its first byte on.
        synced: whether its bytes are on the disk before it gets its name, as they have to be where
            it is to survive a loss of power.

    Raises:
        OSError: the file cannot be written.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(3)}")

    def create(name: str, flags: int) -> int:
        return os.open(name, flags, mode)

    try:
        with open(temporary, "xb", opener=create) as file:
            yield file
            if synced:
                file.flush()
                os.fsync(file.fileno())
        give_name(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def give_name(temporary: Path, path: Path) -> None:
    """Rename a file that is whole; one that has the name already is replaced.

    Windows refuses while a program has either of them open, so it is tried again there for a while.

    Raises:
        OSError: it is refused.
    """
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            temporary.replace(path)
        except PermissionError:
            if sys.platform != "win32" or time.monotonic() > end:
                raise
            time.sleep(_PAUSE)
        else:
            return


def atomic_write_text(path: Path, text: str) -> None:
    """Write `text` as UTF-8 to `path` in one step, creating its folder if needed.

    Raises:
        OSError: the file cannot be written; nothing is left behind.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(path) as file:
        file.write(text.encode("utf-8"))

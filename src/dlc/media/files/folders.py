"""Folders for outputs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from dlc.media.files.failures import unwritable


@contextmanager
def made_folders(*folders: Path) -> Iterator[None]:
    """Make folders where they are missing, and remove those in the end that would be empty.

    Raises:
        OutputError: one of them cannot be made.
    """
    made: list[Path] = []
    try:
        for folder in folders:
            made += _make(folder)
        yield
    finally:
        for folder in reversed(made):
            with suppress(OSError):
                folder.rmdir()


def _make(folder: Path) -> list[Path]:
    """Make a folder and those around it; return the ones that were missing, the outermost first."""
    try:
        missing = [each for each in (folder, *folder.parents) if not each.exists()]
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(folder, error) from error
    return missing[::-1]

"""What can be told of files by their names and paths, before anything is opened."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path, PurePath

from dlc.errors import InputError, OptionError
from dlc.media.files.failures import unreadable

# Paths have lost the second slash of an address. One letter is a drive of Windows.
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:/")


def named_path(name: str | os.PathLike[str]) -> Path:
    """Return the path of a file or folder; whether it can be read is found out by opening it.

    Raises:
        OptionError: the name is empty, as an unset variable of a shell is, which Path takes for
            the current folder; it is "-", has a NUL, or is no text and no path.
    """
    if not isinstance(name, str | os.PathLike):
        raise OptionError(
            f"a file name is of type {type(name).__name__}; give a str or a pathlib.Path"
        )
    if not str(name):
        raise OptionError('a file name is empty: "", for instance from a variable that is not set')
    # A path of that name was written as "./-", if not by a program.
    if name == "-":
        raise OptionError(
            "a file name is -, by which other tools mean standard input or output; dlc needs a "
            "file: name one, or write ./- if that is its name"
        )
    if "\0" in str(name):
        raise OptionError(f"a file name has a NUL in it, which no file can have: {str(name)!r}")
    return Path(name)


def require_file(path: Path) -> None:
    """Raise InputError unless `path` is a regular file with something in it."""
    status = _status(path)
    if stat.S_ISDIR(status.st_mode):
        raise InputError(f"{path} is a folder, a file is needed")
    if stat.S_ISFIFO(status.st_mode):
        raise InputError(f"{path} is a pipe, and dlc needs a regular file: write it to one first")
    if not stat.S_ISREG(status.st_mode):
        raise InputError(f"{path} is a device or socket, and dlc needs a regular file")
    if not status.st_size:
        raise InputError(f"{path} is empty")


def is_folder(path: Path) -> bool:
    """Whether `path` is a folder.

    Raises:
        InputError: if it is not there, or may not be looked at.
    """
    return stat.S_ISDIR(_status(path).st_mode)


def files_in(folder: Path) -> list[Path]:
    """Return the files in a folder, sorted by name.

    Raises:
        InputError: if it may not be looked into.
    """
    try:
        return sorted(path for path in folder.iterdir() if path.is_file())
    except OSError as error:
        raise unreadable(folder, error) from error


def address_in(path: PurePath) -> str | None:
    """Return the address that was given for a path; None if it is a path."""
    # As a path of Windows, it got backslashes.
    name = path.as_posix()
    return name.replace(":/", "://", 1) if _ADDRESS.match(name) else None


def _status(path: Path) -> os.stat_result:
    try:
        return path.stat()
    except OSError as error:
        # Windows does not say that such a file is missing: no file could have that name.
        if address := address_in(path):
            raise InputError(
                f"{address} is an address, and a file is needed: download or record it first, or "
                "play it live with `dlc live`"
            ) from error
        if isinstance(error, FileNotFoundError | NotADirectoryError):
            raise InputError(f"no such file: {path}") from error
        raise unreadable(path, error) from error

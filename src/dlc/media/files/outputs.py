"""Whether outputs may be written where they are wanted, and folders that are made for them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from dlc.errors import OutputError
from dlc.media.files.failures import reason_of, unwritable
from dlc.media.files.held import why_held
from dlc.media.files.paths import address_in
from dlc.path_kind import PathKind, kind_of


def check_path(path: Path, inputs: Iterable[Path], *, overwrite: bool) -> None:
    """Raise unless a file may be written at `path`.

    Args:
        path: where the output is wanted.
        inputs: files that must not be overwritten, whatever name or link leads to them.
        overwrite: whether another file there may be replaced.

    Raises:
        OutputError: if `path` is an input, exists, is a folder, is open in another program on
            Windows, or its folder is missing or may not be written to.
    """
    try:
        _check(path, inputs, overwrite=overwrite)
    except OSError as error:
        raise OutputError(
            f"{path} cannot be written ({reason_of(error)}): choose another name or folder"
        ) from error


def _check(path: Path, inputs: Iterable[Path], *, overwrite: bool) -> None:
    folder = path.parent
    if kind_of(folder) is not PathKind.FOLDER:
        if address := address_in(path):
            raise OutputError(f"{address} is an address, and dlc writes files: name one instead")
        raise OutputError(f"{folder} is no folder: create it or choose another one")
    if kind_of(path) is not PathKind.NOTHING:
        _check_existing(path, inputs, overwrite=overwrite)
    elif path.is_symlink() and not overwrite:
        # To a disk that is not there now, for instance.
        raise OutputError(
            f"{path} is a link to nothing: choose another name or pass `overwrite=True`"
        )
    if not os.access(folder, os.W_OK | os.X_OK):
        raise OutputError(f"{folder} may not be written to: choose another folder")


def _check_existing(path: Path, inputs: Iterable[Path], *, overwrite: bool) -> None:
    if any(source.exists() and path.samefile(source) for source in inputs):
        raise OutputError(f"{path} is an input as well: choose another name for the output")
    kind = kind_of(path)
    if kind is PathKind.FOLDER:
        raise OutputError(f"{path} is a folder, and a file is needed: name one in it")
    if kind is not PathKind.FILE:
        raise OutputError(f"{path} is not a regular file: choose another name")
    if not overwrite:
        raise OutputError(f"{path} exists already: choose another name or pass `overwrite=True`")
    if reason := why_held(path):
        raise OutputError(f"{path} {reason}: free it, or choose another name")


def check_folder(path: Path) -> None:
    """Raise unless files may be written into the folder `path`, which need not be there yet.

    Raises:
        OutputError: if it is something else, or may not be written to.
    """
    try:
        kind = kind_of(path)
    except OSError as error:
        raise unwritable(path, error) from error
    if kind not in (PathKind.NOTHING, PathKind.FOLDER):
        raise OutputError(f"{path} is a file, and a folder is needed: choose another name")
    if kind is PathKind.FOLDER and not os.access(path, os.W_OK | os.X_OK):
        raise OutputError(f"{path} may not be written to: choose another folder")


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

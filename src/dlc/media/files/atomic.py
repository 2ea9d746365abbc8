"""Outputs that appear under their name only when they are whole."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from dlc.errors import OutputError
from dlc.media.files.failures import reason_of, unwritable
from dlc.media.files.paths import address_in


def check_path(path: Path, inputs: Iterable[Path], *, overwrite: bool) -> None:
    """Raise unless a file may be written at `path`.

    Args:
        path: where the output is wanted.
        inputs: files that must not be overwritten, whatever name or link leads to them.
        overwrite: whether another file there may be replaced.

    Raises:
        OutputError: if `path` is an input, exists, is a folder, or its folder is missing or may not
            be written to.
    """
    try:
        _check(path, inputs, overwrite=overwrite)
    except OSError as error:
        raise OutputError(
            f"{path} cannot be written ({reason_of(error)}): choose another name or folder"
        ) from error


def _check(path: Path, inputs: Iterable[Path], *, overwrite: bool) -> None:
    folder = path.parent
    if not folder.is_dir():
        if address := address_in(path):
            raise OutputError(f"{address} is an address, and dlc writes files: name one instead")
        raise OutputError(f"{folder} is no folder: create it or choose another one")
    if path.exists():
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
    if path.is_dir():
        raise OutputError(f"{path} is a folder, and a file is needed: name one in it")
    if not path.is_file():
        raise OutputError(f"{path} is not a regular file: choose another name")
    if not overwrite:
        raise OutputError(f"{path} exists already: choose another name or pass `overwrite=True`")


def check_folder(path: Path) -> None:
    """Raise unless files may be written into the folder `path`, which need not be there yet.

    Raises:
        OutputError: if it is something else, or may not be written to.
    """
    try:
        is_there, is_folder = path.exists(), path.is_dir()
    except OSError as error:
        raise unwritable(path, error) from error
    if is_there and not is_folder:
        raise OutputError(f"{path} is a file, and a folder is needed: choose another name")
    if is_there and not os.access(path, os.W_OK | os.X_OK):
        raise OutputError(f"{path} may not be written to: choose another folder")


# Makes the file that is renamed, the second one, of the file that was written, the first.
Finish = Callable[[Path, Path], None]


class AtomicFile:
    """A hidden temporary file beside the output, renamed to it at the end.

    Attributes:
        path: the output.
        temporary: what to write to meanwhile.
    """

    def __init__(self, path: Path, *, overwrite: bool, finish: Finish | None = None) -> None:
        """Choose the names; nothing is written.

        Args:
            path: the output.
            overwrite: whether a file that is there may be replaced.
            finish: the last thing that is done with what was written, into another hidden file.
        """
        self.path = path
        self._overwrite = overwrite
        self._finish = finish
        self.temporary = _hidden(path)
        self._finished = self.temporary if finish is None else _hidden(path)

    def commit(self) -> None:
        """Give the file its name, once its bytes are on the disk.

        Raises:
            OutputError: if a file appeared under that name meanwhile.
            WriteError: if the disk refuses.
            DlcError: whatever finishing the file raises.
        """
        try:
            if self._finish is not None:
                self._finish(self.temporary, self._finished)
            with self._finished.open("r+b") as file:
                os.fsync(file.fileno())
            if not self._overwrite and (self.path.exists() or self.path.is_symlink()):
                raise OutputError(f"{self.path} appeared while it was being written: it was kept")
            self._finished.replace(self.path)
        except OSError as error:
            raise unwritable(self.path, error) from error
        finally:
            self.discard()

    def discard(self) -> None:
        """Remove the temporary files, if they are still there."""
        self.temporary.unlink(missing_ok=True)
        self._finished.unlink(missing_ok=True)


def discard_own(folder: Path) -> None:
    """Remove this process's temporary files in a folder, for one that has to end at once."""
    for found in folder.glob(f".*{_mark()}*"):
        with suppress(OSError):
            found.unlink()


def _hidden(path: Path) -> Path:
    """Return a name for a temporary file beside `path` that nobody else uses."""
    # A short stem leaves room for the rest where file names may have 255 bytes.
    return path.with_name(f".{path.stem[:40]}{_mark()}{secrets.token_hex(3)}{path.suffix}")


def _mark() -> str:
    """Return what is in the name of every temporary file of this process."""
    return f".dlc-{os.getpid()}-"

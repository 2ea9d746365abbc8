"""Outputs that appear under their name only when they are whole."""

from __future__ import annotations

import itertools
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from dlc.atomic_write import give_name
from dlc.errors import OutputError
from dlc.media.files.failures import unwritable
from dlc.media.files.held import why_held

# Makes the file that is renamed, the second one, of the file that was written, the first.
Finish = Callable[[Path, Path], None]


class AtomicFile:
    """A hidden temporary file beside the output, renamed to it at the end.

    As a context manager it is committed when the block ends, and discarded when the block fails.

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

    def write(self, content: bytes) -> None:
        """Write all that there is to write.

        Raises:
            OutputError: if the disk is full or refuses otherwise.
        """
        try:
            self.temporary.write_bytes(content)
        except OSError as error:
            raise unwritable(self.path, error) from error

    def commit(self) -> None:
        """Give the file its name, once its bytes are on the disk.

        Raises:
            OutputError: if a file appeared under that name meanwhile, or Windows replaces the one
                that is there by no other; the new one then gets another name.
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
            self._give_name()
        except OSError as error:
            raise unwritable(self.path, error) from error
        finally:
            self.discard()

    def _give_name(self) -> None:
        try:
            give_name(self._finished, self.path)
        except PermissionError as error:
            reason = why_held(self.path)
            if reason is None:
                raise
            # It may hold the work of hours.
            kept = _free(self.path)
            self._finished.rename(kept)
            raise OutputError(
                f"{self.path} {reason} and could not be replaced: the result is in {kept}"
            ) from error

    def discard(self) -> None:
        """Remove the temporary files, if they are still there."""
        self.temporary.unlink(missing_ok=True)
        self._finished.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self.commit()
        else:
            self.discard()


def discard_own(folder: Path) -> None:
    """Remove this process's temporary files in a folder, for one that has to end at once."""
    for found in folder.glob(f".*{_mark()}*"):
        with suppress(OSError):
            found.unlink()


def _hidden(path: Path) -> Path:
    """Return a name for a temporary file beside `path` that nobody else uses."""
    # A short stem leaves room for the rest where file names may have 255 bytes.
    return path.with_name(f".{path.stem[:40]}{_mark()}{secrets.token_hex(3)}{path.suffix}")


def _free(path: Path) -> Path:
    """Return a name like that of `path` that no file has."""
    names = (path.with_stem(f"{path.stem}-{number}") for number in itertools.count(2))
    return next(name for name in names if not name.exists())


def _mark() -> str:
    """Return what is in the name of every temporary file of this process."""
    return f".dlc-{os.getpid()}-"

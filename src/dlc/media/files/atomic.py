"""Outputs that appear under their name only when they are whole."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from dlc.errors import OutputError
from dlc.media.files.failures import unwritable

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


def _mark() -> str:
    """Return what is in the name of every temporary file of this process."""
    return f".dlc-{os.getpid()}-"

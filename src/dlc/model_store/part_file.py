"""A partial file that grows next to its final name until it is complete."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from filelock import FileLock, Timeout

from dlc.atomic_write import give_name
from dlc.errors import WriteError


class TooLongError(Exception):
    """More bytes came than the file may have."""


class PartFile:
    """The bytes of a file received so far, kept from one run to the next.

    As a context manager, it keeps other processes from working on the same file.

    Args:
        destination: the file's final path; its folder is created if needed.
        total: the size it must reach.

    Attributes:
        path: where the bytes are kept meanwhile.
    """

    def __init__(self, destination: Path, total: int) -> None:
        self._destination = destination
        self._total = total
        self.path = destination.with_name(f"{destination.name}.part")
        self._lock_path = destination.with_name(f".{destination.name}.lock")
        self._lock = FileLock(self._lock_path, timeout=0)

    def __enter__(self) -> Self:
        with self._refusals():
            self._destination.parent.mkdir(parents=True, exist_ok=True)
            try:
                self._lock.acquire()
            except Timeout as error:
                message = f"another dlc is working on {self._destination}: wait until it is done"
                raise WriteError(message) from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        # Windows refuses to remove an open file; there the lock removes its own file.
        with suppress(OSError):
            self._lock_path.unlink()
        self._lock.release()

    @property
    def size(self) -> int:
        """Number of bytes so far."""
        try:
            return self.path.stat().st_size
        except FileNotFoundError:
            return 0

    def prepare(self) -> None:
        """Drop the file if it is too long, and check that the rest fits on the disk.

        Raises:
            WriteError: the disk has too little space.
        """
        folder = self._destination.parent
        with self._refusals():
            if self.size > self._total:
                self.discard()
            missing = self._total - self.size
            free = shutil.disk_usage(folder).free
        if free < missing:
            message = (
                f"{folder} has room for {free / 1e6:,.0f} MB and {missing / 1e6:,.0f} MB are "
                "needed: make room or set DLC_MODELS to a folder elsewhere"
            )
            raise WriteError(message)

    def write(self, pieces: Iterable[bytes], start: int, on_size: Callable[[int], None]) -> None:
        """Write `pieces` from byte `start` on, calling `on_size` with the size after each.

        Raises:
            TooLongError: there are more bytes than the file may have; it is removed.
            WriteError: they cannot be written; those before are kept.
        """
        size = start
        with self._refusals():
            file = self.path.open("r+b" if self.path.exists() else "w+b", buffering=0)
        with file:
            with self._refusals():
                file.truncate(start)
                file.seek(start)
            for piece in pieces:
                size += len(piece)
                if size > self._total:
                    break
                with self._refusals():
                    # An unbuffered write may write less than it is given.
                    rest = memoryview(piece)
                    while rest:
                        rest = rest[file.write(rest) :]
                on_size(size)
        if size > self._total:
            self.discard()
            raise TooLongError

    def commit(self) -> None:
        """Give the file its final name after syncing its bytes to disk.

        Raises:
            WriteError: the file cannot be synced or renamed.
        """
        with self._refusals():
            with self.path.open("r+b") as file:
                os.fsync(file.fileno())
            give_name(self.path, self._destination)

    def discard(self) -> None:
        """Remove the received bytes."""
        self.path.unlink(missing_ok=True)

    @contextmanager
    def _refusals(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            message = (
                f"{self._destination} cannot be written: {error.strerror or error}; make room or "
                f"set DLC_MODELS to a folder elsewhere (what was received is in {self.path})"
            )
            raise WriteError(message) from error

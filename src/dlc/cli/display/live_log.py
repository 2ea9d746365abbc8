"""The figures of a live run as a file of JSON lines."""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from dlc.cli.arguments.live import STANDARD_OUTPUT
from dlc.errors import OutputError, WriteError
from dlc.workflows.live.stats import LiveStats


class StatsLog:
    """Writes a JSON object every second; each line reaches the file at once.

    The file is meant to be read while it grows, so it has its name from the beginning, and what was
    in it is gone: `check_live_request` tells whether that may be.
    """

    def __init__(self, path: Path | None) -> None:
        """Write to `path`, which may be STANDARD_OUTPUT, or nothing at all where there is none."""
        self._path = path
        self._file: IO[str] | None = None

    def __enter__(self) -> Self:
        if self._path == STANDARD_OUTPUT:
            self._file = sys.stdout
        elif self._path is not None:
            try:
                self._file = self._path.open("w", encoding="ascii", buffering=1)
            except OSError as error:
                message = f"{self._path} cannot be written ({error.strerror}): choose another file"
                raise OutputError(message) from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file is not None and self._path != STANDARD_OUTPUT:
            # Each line was to reach the file at once: one that did not was told of.
            with suppress(OSError):
                self._file.close()

    def write(self, stats: LiveStats) -> None:
        """Add a line.

        Raises:
            WriteError: the disk is full or refuses otherwise.
            OSError: the same of standard output, or nobody reads it.
        """
        if self._file is None:
            return
        rounded = {
            key: round(value, 3) if isinstance(value, float) else value
            for key, value in asdict(stats).items()
        }
        try:
            print(json.dumps(rounded), file=self._file, flush=True)
        except OSError as error:
            if self._path == STANDARD_OUTPUT:
                # The command knows what to say, and what to say nothing of: nobody reads on.
                raise
            message = (
                f"{self._path} cannot be written any further ({error.strerror}): free some space"
            )
            raise WriteError(message) from error

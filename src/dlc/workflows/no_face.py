"""What is said of a target in which no face was found."""

from __future__ import annotations

from pathlib import Path

from dlc.errors import NoFaceError


def no_face_in(target: str | Path, *, tilted: bool) -> NoFaceError:
    """Return the error.

    Args:
        target: what the message calls the target.
        tilted: whether sideways and upside-down faces were looked for, too.
    """
    hint = "" if tilted else "; `tilted=True` looks for sideways and upside-down faces, too"
    return NoFaceError(f"no face in {target}; nothing was written{hint}")

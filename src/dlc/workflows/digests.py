"""Digests of what a run reads."""

from __future__ import annotations

import hashlib
from pathlib import Path

from dlc.errors import InputError


def input_digest(path: Path) -> str:
    """Return the SHA-256 of an input's bytes, in hexadecimal.

    Raises:
        InputError: the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error

"""How file names are read from what was typed."""

from __future__ import annotations

from pathlib import Path

from dlc.errors import OptionError


def named_path(text: str) -> Path:
    """Return the path; whether it can be read is found out by opening it.

    Raises:
        OptionError: the text is empty, as an unset variable of a shell is, which Path takes for
            the current folder.
    """
    if not text:
        raise OptionError('a file name is empty: "", for instance from a variable that is not set')
    return Path(text)

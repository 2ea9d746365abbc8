"""What Typer says of a value that it does not take."""

from __future__ import annotations

import typer


def wrong_value(error: typer.TyperException) -> str:
    """Return the message without what pydantic, which checks values, calls all of its own."""
    return error.format_message().replace(": Value error, ", ": ")

"""Shows switches in the help as what they are: options without a value."""

from __future__ import annotations

from typing import Any

import typer


def without_values(command: Any) -> Any:
    """Return a command after leaving the column for a value empty for each of its switches.

    Typer names their type there, as if `--overwrite` were followed by `true`.

    Args:
        command: what `typer.main.get_command` makes of an app; its subcommands are changed, too.
    """
    for option in command.get_params(typer.Context(command)):
        if getattr(option, "is_flag", False):
            option.metavar = ""
    for child in getattr(command, "commands", {}).values():
        without_values(child)
    return command

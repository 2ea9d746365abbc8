"""Shows switches in the help as what they are: options without a value."""

from __future__ import annotations

from typing import Any

import typer


def without_values(command: Any, parent: typer.Context | None = None) -> Any:
    """Return a command after leaving the column for a value empty for each of its switches.

    Typer names their type there, as if `--overwrite` were followed by `true`.

    Args:
        command: what `typer.main.get_command` makes of an app; its subcommands are changed, too.
        parent: of the command that it is a subcommand of.
    """
    # Commands keep the option for help that they make here, and the names in this context.
    context = typer.Context(command, parent=parent, **command.context_settings)
    for option in command.get_params(context):
        if getattr(option, "is_flag", False):
            option.metavar = ""
    for child in getattr(command, "commands", {}).values():
        without_values(child, context)
    return command

"""What is said of a command line that cannot be understood."""

from __future__ import annotations

import typer

from dlc.cli.config import commands_of
from dlc.cli.wrong_value import wrong_value

# More commands than these have the options that all of them share.
_NAMED = 3


def wrong_usage(error: typer.TyperException) -> str:
    """Return what is wrong, and which other commands have an option that this one lacks."""
    message = wrong_value(error)
    option, context = getattr(error, "option_name", None), getattr(error, "ctx", None)
    if option is None or context is None:
        return message
    root = context.find_root().command
    owners = [
        " ".join(("dlc", *path))
        for path, command in commands_of(root)
        if any(option in parameter.opts for parameter in command.params)
    ]
    if not owners:
        return message
    if context.command is root:
        return f"{option} comes after the command, as in {owners[0]} {option}"
    if len(owners) > _NAMED:
        owners[_NAMED:] = [f"{len(owners) - _NAMED} more"]
    *named, last = owners
    listed = f"{', '.join(named)} and {last}" if named else last
    return f"{context.command_path} has no {option}, an option of {listed}"

"""What is said of a command line that cannot be understood."""

from __future__ import annotations

import re

import typer

from dlc.cli.config import commands_of
from dlc.cli.wrong_value import wrong_value

# More commands than these have the options that all of them share.
_NAMED = 3
# What Typer, and Click before it, says of arguments that a command has no room for.
_EXTRA = re.compile(r"Got unexpected extra arguments?(?:\(s\))? \((.*)\)", re.DOTALL)


def wrong_usage(error: typer.TyperException) -> str:
    """Return what is wrong, and what this or another command takes instead."""
    message, context = wrong_value(error), getattr(error, "ctx", None)
    if context is None:
        return message
    extra = _EXTRA.fullmatch(message)
    if extra is not None:
        return _extra_arguments(extra[1], context)
    option = getattr(error, "option_name", None)
    return message if option is None else _unknown_option(option, message, context)


def _extra_arguments(extra: str, context: typer.Context) -> str:
    """Return what a command takes instead of these arguments, separated by spaces."""
    parameters = context.command.params
    arguments = (each for each in parameters if each.param_type_name == "argument")
    names = [each.metavar or "" for each in arguments]
    if names:
        taken = f"{context.command_path} takes only {_listed(names)}, not {extra}"
        return f"{taken}; put names that contain spaces into quotes"
    taken = f"{context.command_path} takes options only, not {extra}"
    if any("--source" in each.opts for each in parameters):
        taken += "; photos go to --source"
    return taken


def _unknown_option(option: str, message: str, context: typer.Context) -> str:
    """Return which commands have an option that this one lacks."""
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
    return f"{context.command_path} has no {option}, an option of {_listed(owners)}"


def _listed(names: list[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last

"""Reads options from a TOML file: one table per command, one key per option."""

from __future__ import annotations

import difflib
import tomllib
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import Any, Protocol, get_args, get_origin

import typer

from dlc.cli.wrong_value import wrong_value
from dlc.errors import InputError, OptionError

# Options that decide what is read, or that end the run, and so cannot be in the file.
_NOT_IN_FILE = frozenset({"config", "show-config", "help"})

_NAMES = {bool: "true or false", int: "a whole number", float: "a number"}


class Parameter(Protocol):
    """What is read of an argument or option of the command line."""

    name: str
    opts: list[str]
    multiple: bool
    nargs: int
    type_descriptor: Any

    def process_value(self, ctx: Any, value: Any, /) -> Any:
        """Return what the command gets for a value, or raise a `TyperException`."""


class Command(Protocol):
    """What is read of a command."""

    params: list[Any]


def commands_of(root: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield every command that does something, with the names that lead to it."""
    children = getattr(root, "commands", None)
    if children is None:
        yield path, root
        return
    for name, child in children.items():
        yield from commands_of(child, (*path, name))


def parameters_of(command: Command) -> dict[str, Parameter]:
    """Return the parameters that a file can set, by their keys."""
    return {_key_of(each): each for each in command.params if _key_of(each) not in _NOT_IN_FILE}


def _key_of(parameter: Parameter) -> str:
    """Return an option's long name without the dashes, or an argument's name in small letters."""
    longest = max(parameter.opts, key=len)
    return longest.lstrip("-") if longest.startswith("-") else parameter.name


def read_config(
    file: Path, root: Any, context: typer.Context
) -> dict[tuple[str, ...], dict[str, Any]]:
    """Read a file and check everything in it, whatever command is running.

    Args:
        file: the TOML file.
        root: the command line, with all its commands.
        context: that of the command that is running.

    Returns:
        For every command in the file the values by the names of its parameters.

    Raises:
        InputError: the file is missing or cannot be read.
        OptionError: the file is not valid TOML, or names a command, an option or a value that does
            not exist; the message names the file and the key.
    """
    commands = dict(commands_of(root))
    tables = dict(_tables(file, _load(file), commands, ()))
    return {
        path: dict(_values(file, path, table, commands[path], context))
        for path, table in tables.items()
    }


def _load(file: Path) -> dict[str, Any]:
    try:
        content = file.read_bytes()
        # What Windows writes: editors mark UTF-8, and PowerShell redirects as UTF-16.
        encoding = "utf-16" if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "utf-8-sig"
        return tomllib.loads(content.decode(encoding))
    except OSError as error:
        raise InputError(f"the configuration {file} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise OptionError(f"the configuration {file} is not valid TOML: {error}") from error


def _tables(
    file: Path,
    content: Mapping[str, Any],
    commands: Mapping[tuple[str, ...], Any],
    above: tuple[str, ...],
) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    """Yield the tables of commands; a group's table holds those of its commands."""
    depth = len(above)
    known = dict.fromkeys(path[depth] for path in commands if path[:depth] == above)
    for name, table in content.items():
        path = (*above, name)
        if name not in known:
            what = "command" if isinstance(table, dict) else "command's table"
            near = _nearest(name, known)
            raise OptionError(f"{file}: {'.'.join(path)!r} is not a {what}; {near}")
        if not isinstance(table, dict):
            raise OptionError(f"{file}: {'.'.join(path)!r} is a command: write [{'.'.join(path)}]")
        if path in commands:
            yield path, table
        else:
            yield from _tables(file, table, commands, path)


def _values(
    file: Path,
    path: tuple[str, ...],
    table: Mapping[str, Any],
    command: Command,
    context: typer.Context,
) -> Iterator[tuple[str, Any]]:
    parameters = parameters_of(command)
    for key, value in table.items():
        where = f"{file}: {key!r} in [{'.'.join(path)}]"
        parameter = parameters.get(key)
        if parameter is None:
            raise OptionError(f"{where} is not an option; {_nearest(key, parameters)}")
        wanted = _mismatch(parameter, value)
        if wanted is not None:
            raise OptionError(f"{where} is {value!r}; give {wanted}")
        try:
            parameter.process_value(context, value)
        except typer.TyperException as error:
            raise OptionError(f"{where}: {wrong_value(error)}") from error
        yield parameter.name, value


def _mismatch(parameter: Parameter, value: object) -> str | None:
    """Return what kind of value the parameter takes if this value is of another kind."""
    kind = parameter.type_descriptor.annotation
    if get_origin(kind) is list or parameter.multiple or parameter.nargs != 1:
        inner = (get_args(kind) or (str,))[0]
        if isinstance(value, list) and all(_is(inner, each) for each in value):
            return None
        return f"an array of {_name(inner)}, in square brackets"
    return None if _is(kind, value) else _name(kind)


def _is(kind: Any, value: object) -> bool:
    if kind is bool:
        return isinstance(value, bool)
    if kind in (int, float):
        numbers = (int, float) if kind is float else int
        return isinstance(value, numbers) and not isinstance(value, bool)
    return isinstance(value, str)


def _name(kind: Any) -> str:
    if isinstance(kind, type) and issubclass(kind, Enum):
        return "one of " + ", ".join(f'"{choice.value}"' for choice in kind)
    return _NAMES.get(kind, "text in quotation marks")


def _nearest(name: str, known: Iterable[str]) -> str:
    names = list(known)
    close = difflib.get_close_matches(name.replace("_", "-"), names, n=1)
    return f"did you mean {close[0]!r}?" if close else f"known are {', '.join(names)}"

"""The values of a command's parameters as TOML, which `dlc.cli.config` reads again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import Enum
from typing import Any

from dlc.cli.config import Command, parameters_of
from dlc.errors import OptionError


def config_as_toml(path: tuple[str, ...], command: Command, values: Mapping[str, Any]) -> str:
    """Return a command's table with a line for every parameter.

    TOML has no word for nothing, so what is not set is a comment.

    Args:
        path: the names that lead to the command.
        command: knows its parameters.
        values: what the command gets, by the names of its parameters.

    Raises:
        OptionError: a value is a name that TOML has no way to write.
    """
    lines = [f"[{'.'.join(path)}]"]
    for key, parameter in parameters_of(command).items():
        value = values.get(parameter.name)
        unset = value is None or value in ([], ())
        lines.append(f"# {key} is not set" if unset else f"{key} = {_toml(value)}")
    return "\n".join(lines)


def in_ascii(toml: str) -> str:
    """Return a configuration for a place that is not UTF-8; the strings it holds are the same."""
    return "".join(each if each.isascii() else f"\\U{ord(each):08x}" for each in toml)


def _toml(value: Any) -> str:
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_toml, value))}]"
    try:
        str(value).encode()
    except UnicodeEncodeError as error:
        raise OptionError(
            f"{value} is not UTF-8, and a TOML file is: rename it, or name it on the command line"
        ) from error
    # JSON's strings are TOML's, but for one control character that TOML wants escaped, too.
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")

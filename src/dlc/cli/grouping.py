"""Lets commands share groups of options: Typer sees the options, a command gets what they make.

Typer has no groups (https://github.com/fastapi/typer/issues/154). It learns a command's options
from `inspect.signature`, though, which heeds `__signature__`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from inspect import Parameter, Signature, signature
from typing import Any, get_args


@dataclass(frozen=True, slots=True)
class Group:
    """Marks a command's parameter as made of options.

    Attributes:
        build: has the options as its parameters, and returns what the command gets.
    """

    build: Callable[..., Any]


def grouped(command: Callable[..., None]) -> Callable[..., None]:
    """Return a command with the options of its groups in place of the groups.

    Args:
        command: some of its parameters are annotated with `Annotated[..., Group(...)]`.
    """
    groups: dict[str, Callable[..., Any]] = {}
    options: list[Parameter] = []
    for parameter in signature(command, eval_str=True).parameters.values():
        group = next((each for each in get_args(parameter.annotation) if _is_group(each)), None)
        if group is None:
            options.append(parameter)
        else:
            groups[parameter.name] = group.build
            options += signature(group.build, eval_str=True).parameters.values()

    @functools.wraps(command)
    def run(**typed: Any) -> None:
        built = {name: _build(group, typed) for name, group in groups.items()}
        command(**typed, **built)

    by_name = [option.replace(kind=Parameter.KEYWORD_ONLY) for option in options]
    run.__signature__ = Signature(by_name)  # type: ignore[attr-defined]
    return run


def _is_group(annotation: object) -> bool:
    return isinstance(annotation, Group)


def _build(build: Callable[..., Any], typed: dict[str, Any]) -> Any:
    """Take a group's options out of what was typed and return what it makes of them."""
    return build(**{name: typed.pop(name) for name in signature(build).parameters})

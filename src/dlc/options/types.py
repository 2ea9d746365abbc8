"""Refuses options of a wrong type, which Python itself would take."""

from __future__ import annotations

from dataclasses import is_dataclass
from enum import Enum
from numbers import Integral, Real
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from dlc.errors import OptionError

_NUMBERS = {int: Integral, float: Real}


def check_types(options: object, expected: type) -> None:
    """Check the type of every option, also of those in groups.

    A choice written as text would equal none of the enum's members by identity, and the run would
    silently do something else.

    Args:
        options: what a caller passed.
        expected: the dataclass that it should be.

    Raises:
        OptionError: it is another one, or a value in it is of a type that its annotation excludes.
    """
    if not isinstance(options, expected):
        given = type(options).__name__
        raise OptionError(f"the options are of type {given}; give a dlc.{expected.__name__}")
    for name, hint in get_type_hints(type(options)).items():
        value = getattr(options, name)
        if not _fits(value, hint):
            raise OptionError(f"`{name}` is {value!r}; give {_advice(value, hint)}")
        if is_dataclass(value):
            check_types(value, type(value))


def _fits(value: object, hint: Any) -> bool:
    """Return whether a value is of an annotated type; numbers may be NumPy's."""
    if isinstance(hint, UnionType):
        return any(_fits(value, each) for each in get_args(hint))
    if get_origin(hint) is tuple:
        kinds = get_args(hint)
        if not isinstance(value, tuple):
            return False
        if kinds[-1] is Ellipsis:
            kinds = kinds[:1] * len(value)
        return len(value) == len(kinds) and all(map(_fits, value, kinds))
    if hint in _NUMBERS:
        return isinstance(value, _NUMBERS[hint]) and not isinstance(value, bool)
    return isinstance(value, hint)


def _advice(value: object, hint: Any) -> str:
    """Return what to give instead: the very value that was meant, if that can be told."""
    kinds = get_args(hint) if isinstance(hint, UnionType) else (hint,)
    for kind in kinds:
        if _is_choice(kind) and value in list(kind):
            return f"dlc.{kind.__name__}.{kind(value).name}"
        if kind is Path and isinstance(value, str):
            return f"pathlib.Path({value!r})"
    return ", or ".join(map(_words, kinds))


def _words(kind: Any) -> str:
    """Return an annotation in words that can be copied into a call."""
    if kind is NoneType:
        return "None"
    if _is_choice(kind):
        first, *others = (each.name for each in kind)
        return f"dlc.{kind.__name__}.{' or .'.join([first, *others])}"
    if get_origin(kind) is tuple:
        return f"a {kind}".replace("pathlib.", "")
    name = str(kind.__name__)
    if is_dataclass(kind):
        name = f"dlc.{name}"
    return f"an {name}" if name == "int" else f"a {name}"


def _is_choice(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Enum)

"""One step of a pipeline: a function with a name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True, slots=True)
class Stage(Generic[T, U]):
    """A named function that turns one item into one item; called from a single thread, in order."""

    name: str
    function: Callable[[T], U]

"""Shows how a run is doing: drawn on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import Generic, Self, TypeVar

import rich.live
import rich.progress
from rich.console import Console

from dlc.cli.console import say

# Often enough to see that a run lives, seldom enough for a log file.
LINE_SECONDS = 5.0

Moment = TypeVar("Moment", contravariant=True)


class Display(Generic[Moment]):
    """Shows moments of a run while its context lasts; this one, of quiet runs, shows nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        return None

    def update(self, moment: Moment, /) -> None:
        """Show `moment`."""


class DrawnDisplay(Display[Moment]):
    """Draws something that is gone when the context ends."""

    def __init__(self, drawing: rich.live.Live | rich.progress.Progress) -> None:
        self._drawing = drawing

    def __enter__(self) -> Self:
        self._drawing.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._drawing.stop()


class LineDisplay(Display[Moment]):
    """Prints a line every few seconds."""

    def __init__(
        self,
        console: Console,
        describe: Callable[[Moment], str],
        *,
        wait: float = LINE_SECONDS,
        interval: float = LINE_SECONDS,
    ) -> None:
        """Print to a console.

        Args:
            console: where to.
            describe: returns a moment as one line.
            wait: seconds to the first line.
            interval: seconds from one line to the next.
        """
        self._console = console
        self._describe = describe
        self._interval = interval
        self._next = time.monotonic() + wait

    def update(self, moment: Moment, /) -> None:
        """Print `moment` if the last line is old enough."""
        now = time.monotonic()
        if now >= self._next:
            self._next = now + self._interval
            say(self._console, self._describe(moment))

"""Shows how far a run has come: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Protocol, Self

import rich.progress
from rich.console import Console

from dlc.cli.console import say
from dlc.cli.times import format_duration
from dlc.workflows.progress import Progress

# Often enough to see that a run lives, seldom enough for a log file.
LINE_SECONDS = 5.0


class Display(AbstractContextManager["Display"], Protocol):
    """Something that shows progress while its context lasts."""

    def update(self, progress: Progress) -> None:
        """Show `progress`; called after every frame."""


def display_for(console: Console, *, quiet: bool) -> Display:
    """Return what suits the console: a bar, lines, or nothing."""
    if quiet:
        return NoDisplay()
    return BarDisplay(console) if console.is_terminal else LineDisplay(console)


class NoDisplay:
    """Shows nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        return None

    def update(self, progress: Progress) -> None:
        """Do nothing."""


class LineDisplay(NoDisplay):
    """Prints a line every few seconds."""

    def __init__(self, console: Console, interval: float = LINE_SECONDS) -> None:
        self._console = console
        self._interval = interval
        self._next = time.monotonic() + interval

    def update(self, progress: Progress) -> None:
        """Print `progress` if the last line is old enough."""
        now = time.monotonic()
        if now >= self._next:
            self._next = now + self._interval
            say(self._console, describe(progress))


class BarDisplay(NoDisplay):
    """Draws a bar that is gone when the context ends."""

    def __init__(self, console: Console) -> None:
        self._bar = rich.progress.Progress(
            rich.progress.SpinnerColumn(),
            rich.progress.BarColumn(bar_width=None),
            rich.progress.TextColumn("{task.description}"),
            console=console,
            transient=True,
            expand=True,
        )
        self._task: rich.progress.TaskID | None = None

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._bar.stop()

    def update(self, progress: Progress) -> None:
        """Move the bar; rich draws it ten times a second at most."""
        if self._task is None:
            self._task = self._bar.add_task("", total=progress.total)
        self._bar.update(
            self._task,
            completed=progress.frames,
            total=progress.total,
            description=describe(progress),
        )


def describe(progress: Progress) -> str:
    """Return "120 of 600 frames, 31.0 fps, 118 faces, 15 s left"."""
    frames = f"{progress.frames} frames"
    if progress.total is not None:
        frames = f"{progress.frames} of {max(progress.total, progress.frames)} frames"
    parts = [frames, f"{progress.fps:.1f} fps", f"{progress.faces} faces"]
    if progress.seconds_left is not None:
        parts.append(f"{format_duration(progress.seconds_left)} left")
    return ", ".join(parts)

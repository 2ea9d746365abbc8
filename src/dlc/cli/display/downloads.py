"""Shows how far downloads have come: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import time
from typing import Self

import rich.progress
from rich.console import Console

from dlc.cli.console import say
from dlc.cli.display.display import LINE_SECONDS, DrawnDisplay
from dlc.cli.reports.models import megabytes
from dlc.model_store.download import DownloadProgress


class DownloadDisplay(DrawnDisplay[DownloadProgress]):
    """One bar for each file, or lines where bars cannot be drawn; nothing if `quiet`."""

    def __init__(self, console: Console, *, quiet: bool, interval: float = LINE_SECONDS) -> None:
        self._console = console
        self._lines = not quiet and not console.is_terminal
        self._interval = interval
        self._next_line = 0.0
        self._tasks: dict[str, rich.progress.TaskID] = {}
        self._bars = rich.progress.Progress(
            rich.progress.TextColumn("{task.description}"),
            rich.progress.BarColumn(bar_width=None),
            rich.progress.DownloadColumn(),
            rich.progress.TransferSpeedColumn(),
            rich.progress.TimeRemainingColumn(),
            console=console,
            transient=True,
            expand=True,
            disable=quiet or not console.is_terminal,
        )
        super().__init__(self._bars)

    def __enter__(self) -> Self:
        # Nothing is drawn before there is something to show: a question may be asked first.
        return self

    def update(self, progress: DownloadProgress, /) -> None:
        """Show `progress`."""
        if self._lines:
            self._print(progress)
            return
        self._bars.start()
        if progress.file not in self._tasks:
            self._tasks[progress.file] = self._bars.add_task(progress.file, total=progress.total)
        self._bars.update(self._tasks[progress.file], completed=progress.received)

    def _print(self, progress: DownloadProgress) -> None:
        """Print a line for a new file, a finished one, and every few seconds in between."""
        now = time.monotonic()
        new = progress.file not in self._tasks
        done = progress.received == progress.total
        if new or done or now >= self._next_line:
            self._tasks[progress.file] = rich.progress.TaskID(0)
            self._next_line = now + self._interval
            received, total = megabytes(progress.received), megabytes(progress.total)
            say(self._console, f"{progress.file}: {received} of {total}")

"""Shows how far a run has come: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import rich.progress
from rich.console import Console

from dlc.cli.display.display import Display, DrawnDisplay, LineDisplay
from dlc.cli.times import format_duration
from dlc.counted import counted
from dlc.workflows.progress import Progress


def display_for(console: Console, *, quiet: bool) -> Display[Progress]:
    """Return what suits the console: a bar, lines, or nothing."""
    if quiet:
        return Display()
    return BarDisplay(console) if console.is_terminal else LineDisplay(console, describe)


class BarDisplay(DrawnDisplay[Progress]):
    """Draws a bar that is gone when the context ends."""

    def __init__(self, console: Console) -> None:
        self._bar = progress_bar(console)
        super().__init__(self._bar)
        self._task: rich.progress.TaskID | None = None

    def update(self, progress: Progress, /) -> None:
        """Move the bar; rich draws it ten times a second at most."""
        if self._task is None:
            self._task = self._bar.add_task("", total=progress.total)
        self._bar.update(
            self._task,
            completed=progress.frames,
            total=progress.total,
            description=describe(progress),
        )


def progress_bar(console: Console) -> rich.progress.Progress:
    """Return a bar that is described behind it."""
    return rich.progress.Progress(
        rich.progress.SpinnerColumn(),
        rich.progress.BarColumn(bar_width=None),
        rich.progress.TextColumn("{task.description}", markup=False),
        console=console,
        transient=True,
        expand=True,
    )


def describe(progress: Progress) -> str:
    """Return "120 of 600 frames, 31.0 fps, 118 faces, 15 s left"."""
    frames = counted(progress.frames, "frame")
    if progress.total is not None:
        frames = f"{progress.frames} of {counted(max(progress.total, progress.frames), 'frame')}"
    parts = [frames, f"{progress.fps:.1f} fps", counted(progress.faces, "face")]
    if progress.seconds_left is not None:
        parts.append(f"{format_duration(progress.seconds_left)} left")
    return ", ".join(parts)

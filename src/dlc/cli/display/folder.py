"""Shows how far a run over a folder has come: a bar for each file, or lines now and then."""

from __future__ import annotations

import rich.progress
from rich.console import Console

from dlc.cli.display.display import Display, DrawnDisplay, LineDisplay
from dlc.cli.display.swap import describe, progress_bar
from dlc.cli.printable import printable
from dlc.cli.times import format_duration
from dlc.workflows.progress import FolderProgress


def folder_display_for(console: Console, *, quiet: bool) -> Display[FolderProgress]:
    """Return what suits the console: bars, lines, or nothing."""
    if quiet:
        return Display()
    return FolderBarDisplay(console) if console.is_terminal else LineDisplay(console, describe_file)


class FolderBarDisplay(DrawnDisplay[FolderProgress]):
    """Draws a bar for the file that is being processed; it is gone when the context ends."""

    def __init__(self, console: Console) -> None:
        self._bar = progress_bar(console)
        super().__init__(self._bar)
        self._tasks: dict[int, rich.progress.TaskID] = {}

    def update(self, progress: FolderProgress, /) -> None:
        """Move the bar, or begin another one; rich draws ten times a second at most."""
        said, total = describe_file(progress), progress.file.total
        if progress.number not in self._tasks:
            for task in self._tasks.values():
                self._bar.remove_task(task)
            self._tasks = {progress.number: self._bar.add_task(said, total=total)}
        task = self._tasks[progress.number]
        self._bar.update(task, completed=progress.file.frames, total=total, description=said)


def describe_file(progress: FolderProgress) -> str:
    """Return "2 of 7: clip.mp4, 120 of 600 frames, 31.0 fps, 118 faces, 15 s left; all: 42 s left".

    A picture is done once it is reported, so that there is nothing to say of it but its name.
    """
    said = f"{progress.number} of {progress.count}: {printable(progress.target.name)}"
    if progress.file.total != 1:
        said += f", {describe(progress.file)}"
    if progress.seconds_left is not None:
        said += f"; all: {format_duration(progress.seconds_left)} left"
    return said

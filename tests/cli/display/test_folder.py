"""What a run over a folder shows: which file of how many, and how far that one has come."""

from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console

from dlc.cli.display.display import Display, LineDisplay
from dlc.cli.display.folder import FolderBarDisplay, describe_file, folder_display_for
from dlc.workflows.progress import FolderProgress, Progress


def moment(
    number: int, name: str, frames: int = 120, total: int = 600, left: float | None = None
) -> FolderProgress:
    return FolderProgress(number, 7, Path("clips", name), Progress(frames, total, 118, 4.0), left)


def console(*, terminal: bool) -> Console:
    return Console(file=io.StringIO(), force_terminal=terminal, width=120)


def test_description() -> None:
    assert describe_file(moment(2, "clip [red].mp4")) == (
        "2 of 7: clip [red].mp4, 120 of 600 frames, 30.0 fps, 118 faces, 16 s left"
    )
    assert describe_file(moment(3, "clip.mp4", left=200)).endswith(
        "16 s left; all: 3 min 20 s left"
    )


def test_a_picture_is_done_once_it_is_shown_and_the_others_are_what_is_left() -> None:
    assert describe_file(moment(1, "a.png", frames=1, total=1)) == "1 of 7: a.png"
    assert describe_file(moment(4, "d.png", 1, 1, 42.0)) == "4 of 7: d.png; all: 42 s left"


def test_what_suits_the_console() -> None:
    terminal = folder_display_for(console(terminal=True), quiet=False)
    assert isinstance(terminal, FolderBarDisplay)
    assert isinstance(folder_display_for(console(terminal=False), quiet=False), LineDisplay)
    # All others are kinds of it.
    assert type(folder_display_for(console(terminal=True), quiet=True)) is Display


def test_every_file_has_a_bar_of_its_own() -> None:
    terminal = console(terminal=True)
    with FolderBarDisplay(terminal) as bar:
        bar.update(moment(1, "first.mp4", frames=600))
        bar.update(moment(2, "clip [red].mp4", frames=3, total=10))
    assert isinstance(terminal.file, io.StringIO)
    drawn = terminal.file.getvalue()
    assert "2 of 7: clip [red].mp4, 3 of 10 frames" in drawn
    assert drawn.count("\x1b[1A") == 1, "one line is left to be removed in the end"

"""Progress: a bar on a terminal, lines elsewhere, nothing where quiet was asked for."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from dlc.cli.display.display import Display, LineDisplay
from dlc.cli.display.swap import BarDisplay, describe, display_for
from dlc.workflows.progress import Progress


def console(*, terminal: bool) -> Console:
    return Console(file=io.StringIO(), force_terminal=terminal, width=100)


def written(to: Console) -> str:
    assert isinstance(to.file, io.StringIO)
    return to.file.getvalue()


@pytest.mark.parametrize(
    ("progress", "text"),
    [
        (Progress(120, 600, 118, 4.0), "120 of 600 frames, 30.0 fps, 118 faces, 16 s left"),
        (Progress(120, None, 118, 4.0), "120 frames, 30.0 fps, 118 faces"),
        (Progress(0, 600, 0, 0.0), "0 of 600 frames, 0.0 fps, 0 faces"),
        (Progress(1, 1, 1, 1.0), "1 of 1 frame, 1.0 fps, 1 face, 0 s left"),
        # An estimate that was too low never reads "605 of 600".
        (Progress(605, 600, 0, 10.0), "605 of 605 frames, 60.5 fps, 0 faces, 0 s left"),
    ],
)
def test_description(progress: Progress, text: str) -> None:
    assert describe(progress) == text


def test_what_suits_the_console() -> None:
    assert isinstance(display_for(console(terminal=True), quiet=False), BarDisplay)
    assert isinstance(display_for(console(terminal=False), quiet=False), LineDisplay)
    # All others are kinds of it.
    assert type(display_for(console(terminal=True), quiet=True)) is Display


def test_the_bar_shows_frames_speed_faces_and_time_left() -> None:
    terminal = console(terminal=True)
    with BarDisplay(terminal) as bar:
        bar.update(Progress(120, 600, 118, 4.0))
    assert "120 of 600 frames, 30.0 fps, 118 faces, 16 s left" in written(terminal)


def test_the_bar_copes_with_an_unknown_length() -> None:
    terminal = console(terminal=True)
    with BarDisplay(terminal) as bar:
        bar.update(Progress(7, None, 7, 1.0))
    assert "7 frames" in written(terminal)

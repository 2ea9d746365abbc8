"""Lines now and then, whatever they tell."""

from __future__ import annotations

import io

from rich.console import Console

from dlc.cli.display.display import Display, LineDisplay


def lines_of(*, wait: float, interval: float) -> list[str]:
    """Return what is printed of three numbers that come at once."""
    out = io.StringIO()
    with LineDisplay[int](
        Console(file=out), lambda number: f"{number} apples", wait=wait, interval=interval
    ) as display:
        for number in range(3):
            display.update(number)
    return out.getvalue().splitlines()


def test_a_line_comes_after_the_wait_and_then_after_each_interval() -> None:
    assert lines_of(wait=3600.0, interval=0.0) == []
    assert lines_of(wait=0.0, interval=3600.0) == ["0 apples"]
    assert lines_of(wait=0.0, interval=0.0) == ["0 apples", "1 apples", "2 apples"]


def test_nothing_is_nothing() -> None:
    with Display() as display:
        display.update(1)

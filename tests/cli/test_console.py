"""What dlc logs reaches the reader whole, as much of it as was asked for."""

from __future__ import annotations

import io
import logging

import pytest
from rich.console import Console

from dlc.cli.console import logging_to
from dlc.cli.verbosity import Verbosity

LOGGER = logging.getLogger("dlc.workflows.batch.swap")


@pytest.mark.parametrize(
    ("verbosity", "lines"),
    [
        (Verbosity.QUIET, ["warning: [red] photos"]),
        (Verbosity.NORMAL, ["engine mesh", "warning: [red] photos"]),
        (Verbosity.VERBOSE, ["details", "engine mesh", "warning: [red] photos"]),
    ],
)
def test_verbosity_decides_what_is_shown(verbosity: Verbosity, lines: list[str]) -> None:
    console = Console(file=io.StringIO(), width=20)
    with logging_to(console, verbosity):
        LOGGER.debug("details")
        LOGGER.info("engine %s", "mesh")
        LOGGER.warning("[red] photos")
    LOGGER.warning("after the end")
    assert isinstance(console.file, io.StringIO)
    assert console.file.getvalue().splitlines() == lines


def test_long_messages_stay_on_one_line() -> None:
    console = Console(file=io.StringIO(), width=20)
    with logging_to(console, Verbosity.NORMAL):
        LOGGER.info("a " * 40)
    assert isinstance(console.file, io.StringIO)
    assert len(console.file.getvalue().splitlines()) == 1


def test_names_in_messages_give_the_terminal_no_orders() -> None:
    console = Console(file=io.StringIO(), width=20)
    with logging_to(console, Verbosity.VERBOSE):
        LOGGER.warning("%s is damaged", "a\x1b[2J\nwarning: b.mp4")
        try:
            raise OSError("c\x1b.mp4")
        except OSError as error:
            LOGGER.debug("where that came from", exc_info=error)
    assert isinstance(console.file, io.StringIO)
    first, second, *trace = console.file.getvalue().splitlines()
    assert first == r"warning: a\x1b[2J\nwarning: b.mp4 is damaged"
    assert second == "where that came from"
    assert trace[0] == "Traceback (most recent call last):"
    assert trace[-1] == r"OSError: c\x1b.mp4"

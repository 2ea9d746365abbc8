"""Where people read: everything for them goes to standard error, results for programs do not."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.text import Text

from dlc.cli.flags import with_flags
from dlc.cli.printable import printable
from dlc.cli.verbosity import Verbosity

_STYLES = {logging.WARNING: "yellow", logging.ERROR: "red", logging.DEBUG: "dim"}


def human_console() -> Console:
    """Return the console for people, on standard error."""
    return Console(stderr=True, highlight=False)


def say(console: Console, message: str, style: str = "") -> None:
    """Print lines, whole, above a progress bar if there is one."""
    for line in message.split("\n"):
        console.print(Text(printable(line), style), soft_wrap=True)


class _OneLine(logging.Formatter):
    """Leaves line breaks to tracebacks."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802
        return printable(with_flags(super().formatMessage(record)))


class _ConsoleHandler(logging.Handler):
    def __init__(self, console: Console) -> None:
        super().__init__()
        self._console = console
        self.setFormatter(_OneLine())

    def emit(self, record: logging.LogRecord) -> None:
        prefix = f"{record.levelname.lower()}: " if record.levelno >= logging.WARNING else ""
        say(self._console, prefix + self.format(record), _STYLES.get(record.levelno, ""))


@contextmanager
def logging_to(console: Console, verbosity: Verbosity) -> Iterator[None]:
    """Show what dlc logs on `console` for as long as the context lasts."""
    logger = logging.getLogger("dlc")
    handler = _ConsoleHandler(console)
    level, propagate = logger.level, logger.propagate
    logger.addHandler(handler)
    logger.setLevel(verbosity)
    logger.propagate = False
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
        logger.propagate = propagate

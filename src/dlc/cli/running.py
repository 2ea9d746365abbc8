"""What runs over files have around them: signals, the log, and a display of the progress."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console

from dlc.cli.console import logging_to
from dlc.cli.display.display import Display
from dlc.cli.signals import stopping_on_signals
from dlc.cli.verbosity import Verbosity
from dlc.pipeline.cancel import CancelToken


@contextmanager
def run_shown(
    console: Console,
    display: Display[Any],
    folders: Sequence[Path],
    verbosity: Verbosity,
    *,
    as_json: bool,
) -> Iterator[CancelToken]:
    """Show a run for as long as the context lasts, and let signals set the token that it yields.

    Args:
        console: shows the log.
        display: shows the progress.
        folders: where the run writes, see `stopping_on_signals`.
        verbosity: of the log.
        as_json: report a forced end on standard output too.
    """
    cancel = CancelToken()
    with (
        stopping_on_signals(cancel, folders, as_json=as_json),
        logging_to(console, verbosity),
        display,
    ):
        yield cancel

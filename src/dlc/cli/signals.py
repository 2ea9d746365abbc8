"""Turns Ctrl-C and termination requests into a clean stop, and a second one into an exit."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from dlc.cli.reports.error import error_as_json
from dlc.errors import Cancelled
from dlc.media.files.atomic import discard_own
from dlc.pipeline.cancel import CancelToken
from dlc.pipeline.stop_requests import StopRequests

_GIVEN_UP = (
    "ended at the second request because a step did not stop; only what was finished before is kept"
)


@contextmanager
def stopping_on_signals(
    cancel: CancelToken, folders: Sequence[Path] = (), *, as_json: bool = False
) -> Iterator[None]:
    """Set `cancel` on SIGINT, SIGTERM, SIGHUP and SIGBREAK for as long as the context lasts.

    The run then ends by itself, so nothing is interrupted half way, a file that is being renamed
    for instance. Where it does not, because a decoder hangs, a second signal ends the process.

    Args:
        cancel: what the run looks at.
        folders: where it writes; its temporary files there are removed if it has to be ended.
        as_json: report such an end on standard output too.
    """

    def stop(_number: int, _frame: FrameType | None) -> None:
        cancel.set()

    def give_up() -> None:
        _end_process(folders, as_json=as_json)

    numbers = [signal.SIGINT, signal.SIGTERM]
    # A run under nohup goes on when the terminal is closed.
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        numbers.append(signal.SIGHUP)
    # On Windows, the one that a program can send to another that it has started.
    if hasattr(signal, "SIGBREAK"):
        numbers.append(signal.SIGBREAK)
    previous = {number: signal.signal(number, stop) for number in numbers}
    try:
        with StopRequests(cancel, numbers, give_up):
            yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def _end_process(folders: Sequence[Path], *, as_json: bool) -> None:
    """End the process from a thread beside one that hangs and may hold any lock."""
    for folder in folders:
        discard_own(folder)
    os.write(2, f"\ndlc: {_GIVEN_UP}\n".encode())
    if as_json:
        line = error_as_json(Cancelled.__name__, _GIVEN_UP, Cancelled.exit_code)
        os.write(1, f"{line}\n".encode())
    os._exit(Cancelled.exit_code)

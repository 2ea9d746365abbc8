"""Turns Ctrl-C and a request to terminate into a clean stop."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from dlc.pipeline.cancel import CancelToken


@contextmanager
def stopping_on_signals(cancel: CancelToken) -> Iterator[None]:
    """Set `cancel` on SIGINT, SIGTERM and SIGHUP for as long as the context lasts.

    The run then ends by itself, so nothing is interrupted half way, a file that is being renamed
    for instance. A signal repeated changes nothing.
    """

    def stop(_number: int, _frame: FrameType | None) -> None:
        cancel.set()

    numbers = [signal.SIGINT, signal.SIGTERM]
    # A run under nohup goes on when the terminal is closed.
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        numbers.append(signal.SIGHUP)
    previous = {number: signal.signal(number, stop) for number in numbers}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)

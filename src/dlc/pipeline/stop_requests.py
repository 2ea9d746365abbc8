"""Stop requests that work even while the main thread is inside a library."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Collection
from types import TracebackType
from typing import Self

from dlc.pipeline.cancel import CancelToken

# Seconds for a run to end cleanly after the second request before it is given up.
_GRACE_SECONDS = 3.0


class StopRequests:
    """Sets a token at the first signal, and gives up the run some time after the second.

    Python calls its signal handlers in the main thread, between two bytecode instructions, which a
    main thread stuck in a decoder never reaches. The C-level handler, however, writes the signal's
    number to a pipe at once, and a separate thread reads it here.

    Use it as a context manager in the main thread, where handlers for the signals are installed.

    Args:
        cancel: set by the first signal.
        numbers: the signals.
        give_up: called in another thread if the block has not ended in time; must not return.
    """

    def __init__(
        self,
        cancel: CancelToken,
        numbers: Collection[signal.Signals],
        give_up: Callable[[], None],
    ) -> None:
        self._cancel = cancel
        self._numbers = frozenset(map(int, numbers))
        self._give_up = give_up
        self._ended = threading.Event()
        self._reader, self._writer = os.pipe()
        self._thread = threading.Thread(target=self._watch, name="stop-requests", daemon=True)
        self._before = -1

    def __enter__(self) -> Self:
        if os.name != "nt":
            os.set_blocking(self._writer, False)
        self._before = signal.set_wakeup_fd(self._writer, warn_on_full_buffer=False)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        signal.set_wakeup_fd(self._before)
        os.close(self._writer)
        self._thread.join()
        os.close(self._reader)

    def _watch(self) -> None:
        requests = 0
        while numbers := os.read(self._reader, 64):
            requests += sum(number in self._numbers for number in numbers)
            if requests:
                self._cancel.set()
            if requests > 1 and not self._ended.wait(_GRACE_SECONDS):
                self._give_up()

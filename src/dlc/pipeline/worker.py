"""The thread that runs one step of a pipeline, times it and keeps its failure."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from dlc.pipeline.channel import Channel
from dlc.pipeline.report import StageReport


class Inbox(Protocol):
    """Source of a step's items, such as a channel."""

    def __iter__(self) -> Iterator[Any]:
        """Yield items until none are left."""

    def abandon(self) -> None:
        """Declare that no more will be taken."""


class Worker:
    """Runs one step and times it.

    Args:
        name: the step's name in reports and errors.
        outbox: where results go.

    Attributes:
        failure: what the step raised; set before the outbox closes.
    """

    def __init__(self, name: str, outbox: Channel[Any]) -> None:
        self.name = name
        self.failure: BaseException | None = None
        self._outbox = outbox
        self._items = 0
        self._busy = 0.0
        self._since: float | None = None

    @property
    def busy_for(self) -> float:
        """Seconds since the step started its current item; 0 while it waits for one."""
        since = self._since
        return 0.0 if since is None else time.perf_counter() - since

    @property
    def report(self) -> StageReport:
        """The work done so far; may be read while the step runs."""
        return StageReport(self.name, self._items, self._busy)

    def read(self, source: Iterable[Any]) -> None:
        """Put everything that `source` yields into the outbox."""
        end = object()
        with self._ending_cleanly():
            items = self._timed(iter, source)
            while (item := self._timed(next, items, end)) is not end:
                self._items += 1
                if not self._outbox.put(item):
                    return

    def transform(self, function: Callable[[Any], Any], inbox: Inbox) -> None:
        """Apply `function` to every item of `inbox` and put the results into the outbox."""
        with self._ending_cleanly(inbox):
            for item in inbox:
                result = self._timed(function, item)
                self._items += 1
                if not self._outbox.put(result):
                    return

    @contextmanager
    def _ending_cleanly(self, inbox: Inbox | None = None) -> Iterator[None]:
        """Keep a failure for the consumer, and release both neighbors."""
        try:
            yield
        except BaseException as error:  # noqa: BLE001 - raised again in the consumer's thread
            self.failure = error
        finally:
            if inbox is not None:
                inbox.abandon()
            self._outbox.finish()

    def _timed(self, function: Callable[..., Any], *arguments: Any) -> Any:
        began = self._since = time.perf_counter()
        try:
            return function(*arguments)
        finally:
            self._since = None
            self._busy += time.perf_counter() - began

"""A thread alongside a pipeline that works on the newest items and drops the rest."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Generic, Self, TypeVar

from dlc.errors import Cancelled
from dlc.pipeline.channel import Channel
from dlc.pipeline.newest_channel import NewestChannel
from dlc.pipeline.running import join, raise_failure

T = TypeVar("T")


class Branch(Generic[T]):
    """Passes items to a function in its own thread; offering one never blocks.

    Use it as a context manager: the thread starts with the block, and has finished with all offered
    items when the block ends.

    Args:
        name: its name in errors.
        work: reads the channel until it is closed.
        capacity: how many items may wait; if there are more, the oldest is dropped.
    """

    def __init__(self, name: str, work: Callable[[Channel[T]], None], *, capacity: int = 1) -> None:
        self._name = name
        self._inbox: NewestChannel[T] = NewestChannel(capacity)
        self._failure: BaseException | None = None
        # Only the thread holds what it calls, and lets go of it at its end: whoever is the branch
        # and has the function would otherwise wait for the garbage collector.
        self._thread = threading.Thread(target=self._run, args=(work,), name=f"pipeline-{name}")

    def offer(self, item: T) -> None:
        """Hand over an item.

        Raises:
            DlcError: raised by the function.
            StageError: the function failed in any other way, or returned early.
        """
        if not self._inbox.put(item):
            self._raise_failure()

    def check(self) -> None:
        """Raise whatever `offer` would raise."""
        self._raise_failure()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._inbox.finish()
        join([self._thread])
        # Prefer another failure to one that may be its consequence.
        if error is None or isinstance(error, Cancelled):
            self._raise_failure()

    def _run(self, work: Callable[[Channel[T]], None]) -> None:
        try:
            work(self._inbox)
        except BaseException as error:  # noqa: BLE001 - raised again in the offering thread
            self._failure = error
        finally:
            self._inbox.abandon()

    def _raise_failure(self) -> None:
        if self._failure is not None:
            raise_failure(self._name, self._failure)

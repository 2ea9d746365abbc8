"""Several calls at the same time, for steps that wait on different hardware."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from types import TracebackType
from typing import Self, TypeVar

T = TypeVar("T")


class SideBySide:
    """Runs the calls it is given at the same time, in threads that it keeps until it is closed.

    Args:
        threads: how many calls may run at once; further ones wait.

    Example:
        >>> with SideBySide(2) as run_all:
        ...     run_all([lambda: "left", lambda: "right"])
        ['left', 'right']
    """

    def __init__(self, threads: int) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="side-by-side")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pool.shutdown()

    def __call__(self, calls: Sequence[Callable[[], T]], /) -> list[T]:
        """Run calls and return their results in the order of the calls.

        It returns, or raises, only when all of them have ended: nothing goes on reading a frame
        that its owner has done with.

        Raises:
            BaseException: as a call raised it; of several failures the one of the earliest call.
        """
        futures = [self._pool.submit(call) for call in calls]
        wait(futures)
        return [future.result() for future in futures]

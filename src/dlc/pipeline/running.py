"""Runs the threads of a pipeline: start, results, the first failure, and the end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Iterable, Sequence
from typing import Any, NoReturn

from dlc.errors import DlcError, StageError, resource_error
from dlc.pipeline.cancel import CancelToken
from dlc.pipeline.channel import Channel, Closed
from dlc.pipeline.report import PipelineReport
from dlc.pipeline.watchdog import Watchdog
from dlc.pipeline.worker import Worker

# How soon a cancel request is noticed, and how often `idle` is called, while no result arrives.
_POLL_SECONDS = 0.05
# Steps that take longer than this to stop are reported as the reason for waiting.
_JOIN_SECONDS = 2.0


class Running:
    """Runs the steps of a pipeline, one thread each, once.

    Args:
        workers: the steps in order, the source first.
        calls: the function of each worker's thread.
        channels: the outbox of each worker; the last one yields the results.
        cancel: stops the run once set.
        idle: called now and then in the consumer's thread while no result arrives.
    """

    def __init__(
        self,
        workers: Sequence[Worker],
        calls: Sequence[Callable[[], None]],
        channels: Sequence[Channel[Any]],
        cancel: CancelToken,
        idle: Callable[[], None] | None = None,
    ) -> None:
        self._workers = workers
        self._calls = calls
        self._channels = channels
        self._cancel = cancel
        self._idle = idle
        self._watchdog = Watchdog(workers)
        self._began: float | None = None
        self._ended: float | None = None

    @property
    def report(self) -> PipelineReport:
        """The work done so far; may be read while the pipeline runs."""
        now = self._ended or time.perf_counter()
        wall = now - self._began if self._began is not None else 0.0
        return PipelineReport(tuple(worker.report for worker in self._workers), wall)

    def run(self) -> Generator[Any, None, None]:
        """Start the threads and yield the results in order; see `Pipeline.run`."""
        if self._began is not None:
            message = "a pipeline runs only once"
            raise RuntimeError(message)
        self._began = time.perf_counter()
        threads = [
            threading.Thread(target=call, name=f"pipeline-{worker.name}")
            for worker, call in zip(self._workers, self._calls, strict=True)
        ]
        try:
            for thread in threads:
                thread.start()
            yield from self._results()
            self._raise_failure()
        finally:
            for channel in self._channels:
                channel.abandon()
            join(threads, self._watchdog.explain)
            self._ended = time.perf_counter()
            # Whoever made the pipeline is often what they call: both would wait for the garbage
            # collector, with models and pictures.
            self._calls, self._idle = (), None

    def _results(self) -> Generator[Any, None, None]:
        """Yield from the last channel until it closes, watching for a cancel request."""
        while True:
            self._cancel.check()
            try:
                result = self._channels[-1].get(_POLL_SECONDS)
            except TimeoutError:
                self._watchdog.look()
                if self._idle is not None:
                    self._idle()
                continue
            except Closed:
                return
            yield result

    def _raise_failure(self) -> None:
        """Raise the failure that comes first in the stream, if any.

        As order is kept, a later stage always works on an earlier item: of several failures, the
        last stage's concerns the earliest item.
        """
        for worker in reversed(self._workers):
            if worker.failure is not None:
                raise_failure(worker.name, worker.failure)


def raise_failure(name: str, error: BaseException) -> NoReturn:
    """Raise the failure of the step `name`; anything but a DlcError becomes a StageError."""
    if isinstance(error, DlcError):
        error.add_note(f"in pipeline stage {name!r}")
        raise error
    shortage = resource_error(error, f"stage {name!r}")
    if shortage is not None:
        raise shortage from error
    if isinstance(error, Exception):
        reason = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        message = f"stage {name!r} failed: {reason}"
        raise StageError(message) from error
    raise error


def join(threads: Iterable[threading.Thread], explain: Callable[[], None] | None = None) -> None:
    """Wait for every started thread, even if the user interrupts again meanwhile.

    What a thread still uses, such as an encoder, must not be closed meanwhile.

    Args:
        threads: the threads, started or not.
        explain: called now and then during a long wait.
    """
    interrupt: KeyboardInterrupt | None = None
    for thread in threads:
        while thread.is_alive():
            try:
                thread.join(_JOIN_SECONDS)
            except KeyboardInterrupt as error:
                interrupt = error
            if explain is not None and thread.is_alive():
                explain()
    if interrupt is not None:
        raise interrupt

"""Stages that overlap: every step has its own thread, order is kept and memory is bounded."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Iterable, Sequence
from functools import partial
from typing import Any

from dlc.errors import DlcError, StageError
from dlc.pipeline.cancel import CancelToken
from dlc.pipeline.channel import Channel, Closed
from dlc.pipeline.report import PipelineReport
from dlc.pipeline.stage import Stage
from dlc.pipeline.worker import Worker

# How soon a cancel request is noticed while no result arrives.
CANCEL_POLL_SECONDS = 0.05


class Pipeline:
    """Runs items of a source through stages, one thread a step, once.

    Order is kept. At most `queue_size` items wait between two neighbors and each step holds one
    more, so a slow stage holds the whole pipeline back instead of filling the memory.

    A failure reaches the consumer at its place in the stream: every item before it is delivered
    first, so the same input always fails the same way, however the threads happen to run.

    Args:
        source: what goes in; iterated in a thread of its own.
        stages: the steps in order; an item of the last one is a result.
        source_name: what reports and errors call the source.
        queue_size: how many items may wait between two neighboring steps.
        cancel: once set, the run stops with `Cancelled` as soon as every step has finished the
            item it holds.

    Example:
        >>> pipeline = Pipeline(range(3), [Stage("square", lambda number: number * number)])
        >>> list(pipeline.run())
        [0, 1, 4]
    """

    def __init__(
        self,
        source: Iterable[Any],
        stages: Sequence[Stage[Any, Any]],
        *,
        source_name: str = "source",
        queue_size: int = 4,
        cancel: CancelToken | None = None,
    ) -> None:
        self._source = source
        self._stages = stages
        self._cancel = cancel or CancelToken()
        self._channels: list[Channel[Any]] = [Channel(queue_size) for _ in range(len(stages) + 1)]
        names = [source_name, *(stage.name for stage in stages)]
        self._workers = [
            Worker(name, channel) for name, channel in zip(names, self._channels, strict=True)
        ]
        self._began: float | None = None
        self._ended: float | None = None

    @property
    def report(self) -> PipelineReport:
        """What has been done so far; may be read while the pipeline runs."""
        now = self._ended or time.perf_counter()
        wall = now - self._began if self._began is not None else 0.0
        return PipelineReport(tuple(worker.report for worker in self._workers), wall)

    def run(self) -> Generator[Any, None, None]:
        """Start the threads and yield the results in order.

        However the iteration ends (exhausted, failed, cancelled, interrupted or closed early), no
        thread is left when it has ended: close the generator, for instance with
        `contextlib.closing`, where the loop may be left early.

        Raises:
            DlcError: as a stage or the source raised it, with a note that names the step.
            StageError: a stage or the source failed in any other way.
            Cancelled: the cancel token was set.
        """
        if self._began is not None:
            message = "a pipeline runs only once"
            raise RuntimeError(message)
        self._began = time.perf_counter()
        threads = self._threads()
        try:
            for thread in threads:
                thread.start()
            yield from self._results()
            self._raise_failure()
        finally:
            for channel in self._channels:
                channel.abandon()
            _join(threads)
            self._ended = time.perf_counter()

    def _threads(self) -> list[threading.Thread]:
        """Return one thread for the source and one for each stage, not yet started."""
        first, *rest = self._workers
        calls: list[Callable[[], None]] = [partial(first.read, self._source)]
        for worker, stage, inbox in zip(rest, self._stages, self._channels, strict=False):
            calls.append(partial(worker.transform, stage.function, inbox))
        return [
            threading.Thread(target=call, name=f"pipeline-{worker.name}")
            for worker, call in zip(self._workers, calls, strict=True)
        ]

    def _results(self) -> Generator[Any, None, None]:
        """Yield from the last channel until it closes, watching for a cancel request."""
        while True:
            self._cancel.check()
            try:
                result = self._channels[-1].get(CANCEL_POLL_SECONDS)
            except TimeoutError:
                continue
            except Closed:
                return
            yield result

    def _raise_failure(self) -> None:
        """Raise the failure that comes first in the stream, if any.

        As order is kept, a later stage always works on an earlier item: of several failures the
        one of the last stage concerns the earliest item.
        """
        for worker in reversed(self._workers):
            error = worker.failure
            if error is None:
                continue
            if isinstance(error, DlcError):
                error.add_note(f"in pipeline stage {worker.name!r}")
                raise error
            if isinstance(error, Exception):
                reason = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
                message = f"stage {worker.name!r} failed: {reason}"
                raise StageError(message) from error
            raise error


def _join(threads: Iterable[threading.Thread]) -> None:
    """Wait for every thread that was started, also if the user interrupts again meanwhile.

    What a thread still works on, an encoder for instance, must not be closed under its hands.
    """
    interrupt: KeyboardInterrupt | None = None
    for thread in threads:
        while thread.is_alive():
            try:
                thread.join()
            except KeyboardInterrupt as error:
                interrupt = error
    if interrupt is not None:
        raise interrupt

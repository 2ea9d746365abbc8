"""Overlapping stages: every step has its own thread, order is kept and memory is bounded."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from functools import partial
from typing import Any

from dlc.pipeline.cancel import CancelToken
from dlc.pipeline.channel import Channel
from dlc.pipeline.report import PipelineReport
from dlc.pipeline.running import Running
from dlc.pipeline.stage import Stage
from dlc.pipeline.worker import Worker


class Pipeline:
    """Runs items of a source through stages once, with a thread per step.

    Order is kept. At most `queue_size` items wait between two neighbors and each step holds one
    more, so a slow stage holds back the whole pipeline instead of filling memory.

    A failure reaches the consumer at its place in the stream: every item before it is delivered
    first, so the same input always fails the same way, however threads are scheduled.

    Args:
        source: the input, iterated in its own thread.
        stages: the steps in order; the last one yields the results.
        source_name: the source's name in reports and errors.
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
        channels: list[Channel[Any]] = [Channel(queue_size) for _ in range(len(stages) + 1)]
        names = [source_name, *(stage.name for stage in stages)]
        workers = [Worker(name, outbox) for name, outbox in zip(names, channels, strict=True)]
        calls: list[Callable[[], None]] = [partial(workers[0].read, source)]
        for worker, stage, inbox in zip(workers[1:], stages, channels, strict=False):
            calls.append(partial(worker.transform, stage.function, inbox))
        self._running = Running(workers, calls, channels, cancel or CancelToken())

    @property
    def report(self) -> PipelineReport:
        """The work done so far; may be read while the pipeline runs."""
        return self._running.report

    def run(self) -> Generator[Any, None, None]:
        """Start the threads and yield the results in order.

        However the iteration ends (exhausted, failed, cancelled, interrupted or closed early), no
        thread is left afterwards. Close the generator, for example with `contextlib.closing`, if
        the loop may be left early.

        Raises:
            DlcError: raised by a stage or the source, with a note that names the step.
            StageError: a stage or the source failed in any other way.
            Cancelled: the cancel token was set.
        """
        return self._running.run()

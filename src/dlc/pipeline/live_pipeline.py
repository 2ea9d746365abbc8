"""A pipeline for live items: the newest wins, and none waits behind another."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterable, Sequence
from functools import partial
from typing import Any

from dlc.pipeline.cancel import CancelToken
from dlc.pipeline.channel import Channel
from dlc.pipeline.newest_channel import NewestChannel
from dlc.pipeline.report import PipelineReport
from dlc.pipeline.running import Running
from dlc.pipeline.stage import Stage
from dlc.pipeline.station import Station
from dlc.pipeline.worker import Worker

# The source's name in reports and errors.
_SOURCE = "capture"


class LivePipeline:
    """Runs items of a source that does not wait through stages once, with a thread per step.

    The source is never blocked: of the items that come while the first stage is busy, only the
    newest is kept. From there on, order is kept and nothing is dropped. A stage slower than the
    source lowers the rate, not the freshness, of results; see `Station`.

    Failures reach the consumer as in `Pipeline`.

    Args:
        source: the input, iterated in its own thread. It must yield once more or end before a run
            that was cancelled, or whose later steps failed, can end.
        stages: the steps in order; the last one yields the results.
        cancel: once set, the run stops with `Cancelled` as soon as every step has finished the
            item it holds.
        idle: called now and then in the consumer's thread while no result arrives; an exception
            from it ends the run.

    Example:
        >>> pipeline = LivePipeline(iter("a"), [Stage("upper", str.upper)])
        >>> list(pipeline.run())
        ['A']
    """

    def __init__(
        self,
        source: Iterable[Any],
        stages: Sequence[Stage[Any, Any]],
        *,
        cancel: CancelToken | None = None,
        idle: Callable[[], None] | None = None,
    ) -> None:
        self._newest: NewestChannel[Any] = NewestChannel()
        channels: list[Channel[Any]] = [self._newest, *(Channel[Any](1) for _ in stages)]
        names = [_SOURCE, *(stage.name for stage in stages)]
        workers = [Worker(name, outbox) for name, outbox in zip(names, channels, strict=True)]
        calls: list[Callable[[], None]] = [partial(workers[0].read, source)]
        for worker, station in zip(workers[1:], _stations(stages, channels), strict=True):
            calls.append(partial(worker.transform, station, station))
        self._running = Running(workers, calls, channels, cancel or CancelToken(), idle)

    @property
    def report(self) -> PipelineReport:
        """The work done so far; may be read while the pipeline runs."""
        return self._running.report

    @property
    def dropped(self) -> int:
        """Number of source items dropped for newer ones."""
        return self._newest.dropped

    def run(self) -> Generator[Any, None, None]:
        """Start the threads and yield the results in order.

        No thread is left when the iteration ends, in whatever way.

        Raises:
            DlcError: raised by a stage or the source, with a note that names the step.
            StageError: a stage or the source failed in any other way.
            Cancelled: the cancel token was set.
        """
        return self._running.run()


def _stations(stages: Sequence[Stage[Any, Any]], inboxes: Sequence[Channel[Any]]) -> list[Station]:
    """Return a station per stage; each knows the next one, so the last is made first."""
    moved = threading.Condition()
    stations: list[Station] = []
    following: Station | None = None
    for stage, inbox in zip(reversed(stages), reversed(inboxes[: len(stages)]), strict=True):
        following = Station(stage.function, inbox, following, moved)
        stations.append(following)
    return stations[::-1]

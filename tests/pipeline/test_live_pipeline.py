"""Live runs: the source never waits, no item waits for two others, errors come out, threads end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from dlc.errors import CameraError, Cancelled, StageError
from dlc.pipeline import CancelToken, LivePipeline, Stage

PATIENCE = 10.0


def ticks(count: int, seconds: float) -> Iterator[int]:
    """Yield numbers as a camera yields frames, whether or not anybody is ready."""
    for number in range(count):
        time.sleep(seconds)
        yield number


def taking(seconds: float) -> Callable[[int], int]:
    def function(number: int) -> int:
        time.sleep(seconds)
        return number

    return function


def one_by_one(count: int, is_through: threading.Semaphore) -> Iterator[int]:
    """Yield numbers, each when the one before has left, however busy the machine is."""
    for number in range(count):
        # It ends where one is lost.
        is_through.acquire(timeout=5)
        yield number


def test_a_source_slower_than_the_stages_loses_nothing() -> None:
    is_through = threading.Semaphore()
    source = one_by_one(20, is_through)
    pipeline = LivePipeline(source, [Stage("a", taking(0)), Stage("b", taking(0))])
    results = []
    for result in pipeline.run():
        results.append(result)
        is_through.release()
    assert results == list(range(20))
    assert pipeline.dropped == 0


def test_the_newest_item_wins_and_order_is_kept() -> None:
    pipeline = LivePipeline(
        ticks(60, 0.002), [Stage("find", taking(0)), Stage("swap", taking(0.02))]
    )
    results = list(pipeline.run())
    assert results == sorted(results)
    assert results[-1] == 59, "the newest is never the one that is dropped"
    assert pipeline.dropped == 60 - len(results) > 0
    assert pipeline.report.stages[0].items == 60, "capturing goes on all the time"


def test_the_source_is_never_held_back() -> None:
    released = threading.Event()

    def source() -> Iterator[int]:
        yield from range(1000)
        released.set()

    def stuck_until_the_source_has_ended(number: int) -> int:
        assert released.wait(PATIENCE)
        return number

    pipeline = LivePipeline(source(), [Stage("stuck", stuck_until_the_source_has_ended)])
    results = list(pipeline.run())
    assert results[-1] == 999
    assert len(results) <= 2
    assert pipeline.dropped == 1000 - len(results)


def test_no_item_waits_while_the_slow_stage_takes_another_that_came_before_it() -> None:
    # An item that another stage begins while the slow one works must be the next that this one
    # begins. With a plain queue it would wait for the one in the queue as well.
    begun: list[int] = []
    begun_when_found: dict[int, int] = {}

    def find(number: int) -> int:
        begun_when_found[number] = len(begun)
        time.sleep(0.005)
        return number

    def slow(number: int) -> int:
        begun.append(number)
        time.sleep(0.05)
        return number

    stages = [Stage("find", find), Stage("swap", slow)]
    list(LivePipeline(ticks(150, 0.005), stages).run())
    overtaken = [place - begun_when_found[number] for place, number in enumerate(begun)]
    assert len(overtaken) >= 5
    assert sorted(overtaken)[len(overtaken) // 2] == 0
    assert max(overtaken) <= 1


def test_neighboring_stages_work_at_the_same_time() -> None:
    inside: set[str] = set()
    together = threading.Event()

    def noting(name: str) -> Callable[[int], int]:
        def function(number: int) -> int:
            inside.add(name)
            if len(inside) == 2:
                together.set()
            time.sleep(0.01)
            inside.discard(name)
            return number

        return function

    def source() -> Iterator[int]:
        end = time.monotonic() + PATIENCE
        for number in ticks(10_000, 0.005):
            if together.is_set() or time.monotonic() > end:
                return
            yield number

    stages = [Stage(name, noting(name)) for name in ("find", "swap")]
    list(LivePipeline(source(), stages).run())
    assert together.is_set()


def test_a_source_that_dies_is_told_after_what_it_delivered() -> None:
    is_through = threading.Semaphore()

    def source() -> Iterator[int]:
        yield from one_by_one(3, is_through)
        # Others may be dropped for a newer one; the last one is not.
        raise CameraError("the camera was unplugged")

    delivered = []

    def collect() -> None:
        for result in LivePipeline(source(), [Stage("same", taking(0))]).run():
            delivered.append(result)
            is_through.release()

    with pytest.raises(CameraError, match="unplugged"):
        collect()
    assert delivered == [0, 1, 2]


@pytest.mark.parametrize("name", ["find", "swap"])
def test_a_failing_stage_ends_an_endless_source(name: str) -> None:
    def failing(number: int) -> int:
        if number > 5:
            raise ZeroDivisionError("division by zero")
        return number

    stages = [
        Stage(stage, failing if stage == name else taking(0.001)) for stage in ("find", "swap")
    ]
    with pytest.raises(StageError, match=f"stage {name!r} failed: ZeroDivisionError"):
        list(LivePipeline(ticks(10_000, 0.001), stages).run())


def test_a_cancel_request_ends_an_endless_source() -> None:
    cancel = CancelToken()
    delivered = []
    stages = [Stage("find", taking(0.001)), Stage("swap", taking(0.005))]
    pipeline = LivePipeline(ticks(10_000, 0.001), stages, cancel=cancel)

    def collect() -> None:
        for result in pipeline.run():
            delivered.append(result)
            if len(delivered) == 5:
                cancel.set()

    with pytest.raises(Cancelled):
        collect()
    assert len(delivered) == 5


def test_leaving_early_stops_the_threads() -> None:
    stages = [Stage("find", taking(0.001)), Stage("swap", taking(0.02))]
    with closing(LivePipeline(ticks(10_000, 0.001), stages).run()) as results:
        first, second, third = (next(results) for _ in range(3))
    assert first < second < third

"""Stages overlap, keep order, stay bounded, carry errors out and leave no thread behind."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlc.errors import Cancelled, NoFaceError, StageError
from dlc.pipeline import CancelToken, Pipeline, Stage
from tests.threads import pipeline_threads

PATIENCE = 10.0


def increment(number: int) -> int:
    return number + 1


def failing_at(position: int, error: BaseException) -> Callable[[int], int]:
    def function(number: int) -> int:
        if number == position:
            raise error
        return number

    return function


def test_results_come_in_order() -> None:
    pipeline = Pipeline(range(100), [Stage("add", increment), Stage("text", str)])
    assert list(pipeline.run()) == [str(number + 1) for number in range(100)]


def test_a_pipeline_without_stages_hands_the_source_through() -> None:
    assert list(Pipeline(range(5), []).run()) == [0, 1, 2, 3, 4]


def test_an_empty_source_gives_nothing() -> None:
    assert list(Pipeline([], [Stage("add", increment)]).run()) == []


def test_none_is_an_item_like_any_other() -> None:
    assert list(Pipeline([None, None], [Stage("same", lambda item: item)]).run()) == [None, None]


def test_a_pipeline_runs_only_once() -> None:
    pipeline = Pipeline(range(2), [])
    assert list(pipeline.run()) == [0, 1]
    with pytest.raises(RuntimeError, match="only once"):
        list(pipeline.run())


def test_neighboring_stages_work_at_the_same_time() -> None:
    # The first stage enters item k + 1 only together with the second stage entering item k:
    # without overlap the barrier would break.
    meeting = threading.Barrier(2, timeout=PATIENCE)
    count = 20

    def first(number: int) -> int:
        if number > 0:
            meeting.wait()
        return number

    def second(number: int) -> int:
        if number < count - 1:
            meeting.wait()
        return number

    stages = [Stage("first", first), Stage("second", second)]
    assert list(Pipeline(range(count), stages).run()) == list(range(count))


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_order_holds_and_memory_is_bounded_whatever_the_stages_take(data: st.DataObject) -> None:
    count = data.draw(st.integers(0, 25), label="items")
    depth = data.draw(st.integers(0, 4), label="stages")
    queue_size = data.draw(st.integers(1, 3), label="queue size")
    delays = st.lists(st.integers(0, 2), min_size=count, max_size=count)
    taken = 0
    most_in_flight = 0

    def source() -> Iterator[int]:
        nonlocal taken
        for number in range(count):
            taken += 1
            yield number

    def sleeper(pauses: list[int]) -> Callable[[int], int]:
        def function(number: int) -> int:
            time.sleep(pauses[number] / 2000)
            return number

        return function

    stages = [Stage(f"stage {place}", sleeper(data.draw(delays))) for place in range(depth)]
    results = []
    for result in Pipeline(source(), stages, queue_size=queue_size).run():
        most_in_flight = max(most_in_flight, taken - len(results))
        results.append(result)
    assert results == list(range(count))
    assert most_in_flight <= (depth + 1) * (queue_size + 1)


def test_a_slow_consumer_holds_the_source_back() -> None:
    taken: list[int] = []

    def source() -> Iterator[int]:
        for number in range(1000):
            taken.append(number)
            yield number

    with closing(Pipeline(source(), [Stage("add", increment)], queue_size=2).run()) as results:
        next(results)
        time.sleep(0.05)
        assert len(taken) <= 2 * (2 + 1) + 1


@settings(max_examples=40, deadline=None)
@given(failures=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 30)), min_size=1, max_size=3))
def test_the_failure_that_comes_first_in_the_stream_is_raised_after_all_before_it(
    failures: list[tuple[int, int]],
) -> None:
    def stage(place: int) -> Stage[int, int]:
        bad = {item for where, item in failures if where == place}

        def function(number: int) -> int:
            if number in bad:
                raise ValueError(place, number)
            return number

        return Stage(f"stage {place}", function)

    item, place = min((item, where) for where, item in failures)
    results = []
    with pytest.raises(StageError, match=f"stage 'stage {place}' failed") as caught:
        results.extend(Pipeline(range(40), [stage(place) for place in range(3)]).run())
    assert isinstance(caught.value.__cause__, ValueError)
    assert caught.value.__cause__.args == (place, item)
    # `extend` keeps what it took before the error: everything ahead of the failed item.
    assert results == list(range(item))


@pytest.mark.parametrize("place", [0, 1, 2])
def test_an_error_of_the_house_is_carried_out_as_it_is_with_its_stage_named(place: int) -> None:
    error = NoFaceError("no face in a.jpg")
    stages = [Stage(f"stage {index}", increment) for index in range(3)]
    stages[place] = Stage("find", failing_at(3 + place, error))
    with pytest.raises(NoFaceError) as caught:
        list(Pipeline(range(100), stages).run())
    assert caught.value is error
    assert any("'find'" in note for note in error.__notes__)


def test_a_failing_source_is_named() -> None:
    def source() -> Iterator[int]:
        yield 1
        raise OSError("the disk went away")

    delivered = []
    with pytest.raises(StageError, match="stage 'decode' failed: OSError: the disk went away"):
        delivered.extend(Pipeline(source(), [Stage("add", increment)], source_name="decode").run())
    assert delivered == [2]


def test_a_source_that_cannot_be_iterated_is_named() -> None:
    class Broken:
        def __iter__(self) -> Iterator[int]:
            raise OSError("cannot open")

    with pytest.raises(StageError, match="stage 'source' failed: OSError: cannot open"):
        list(Pipeline(Broken(), [Stage("add", increment)]).run())


def test_stop_iteration_from_a_stage_is_a_failure_and_not_an_end() -> None:
    with pytest.raises(StageError, match="stage 'add' failed: StopIteration"):
        list(Pipeline(range(10), [Stage("add", failing_at(4, StopIteration()))]).run())


def test_the_failing_stage_stops_an_endless_source() -> None:
    def source() -> Iterator[int]:
        number = 0
        while True:
            yield number
            number += 1

    with pytest.raises(StageError, match="'add'"):
        list(Pipeline(source(), [Stage("add", failing_at(5, ValueError("bad")))]).run())


def test_an_error_in_the_consumer_stops_the_threads() -> None:
    def consume() -> None:
        with closing(Pipeline(range(10_000), [Stage("add", increment)]).run()) as results:
            for result in results:
                if result == 5:
                    raise KeyError(result)

    with pytest.raises(KeyError):
        consume()
    assert pipeline_threads() == []


def test_closing_early_stops_the_threads_and_finishes_the_items_in_hand() -> None:
    started: list[int] = []
    ended: list[int] = []

    def careful(number: int) -> int:
        started.append(number)
        time.sleep(0.002)
        ended.append(number)
        return number

    results = Pipeline(range(10_000), [Stage("careful", careful)]).run()
    assert next(results) == 0
    results.close()
    assert pipeline_threads() == []
    assert started == ended


@pytest.mark.skipif(os.name == "nt", reason="sends a POSIX signal")
def test_an_interrupt_while_waiting_stops_the_threads() -> None:
    def interrupting(number: int) -> int:
        if number == 3:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.1)
        return number

    delivered = []
    with pytest.raises(KeyboardInterrupt):
        delivered.extend(Pipeline(range(10_000), [Stage("interrupting", interrupting)]).run())
    assert pipeline_threads() == []
    assert delivered == list(range(len(delivered)))


def test_a_cancel_request_stops_the_run_even_while_nothing_arrives() -> None:
    cancel = CancelToken()
    release = threading.Event()

    def blocking(number: int) -> int:
        if number == 2:
            cancel.set()
            assert release.wait(PATIENCE)
        return number

    def source() -> Iterator[int]:
        yield from range(3)
        release.set()
        yield from range(3, 10_000)

    delivered = []
    with pytest.raises(Cancelled):
        delivered.extend(Pipeline(source(), [Stage("blocking", blocking)], cancel=cancel).run())
    assert delivered == list(range(len(delivered)))
    assert len(delivered) <= 3


def test_a_run_cancelled_before_it_starts_delivers_nothing() -> None:
    cancel = CancelToken()
    cancel.set()
    with pytest.raises(Cancelled):
        next(Pipeline(range(5), [Stage("add", increment)], cancel=cancel).run())


def test_each_step_has_one_thread_of_its_own() -> None:
    threads: dict[str, set[int]] = {"first": set(), "second": set(), "source": set()}

    def noting(name: str) -> Callable[[int], int]:
        def function(number: int) -> int:
            threads[name].add(threading.get_ident())
            time.sleep(0.001)
            return number

        return function

    def source() -> Iterator[int]:
        for number in range(20):
            threads["source"].add(threading.get_ident())
            yield number

    names = ("first", "second")
    list(Pipeline(source(), [Stage(name, noting(name)) for name in names]).run())
    assert all(len(idents) == 1 for idents in threads.values())
    assert len(set.union(*threads.values(), {threading.get_ident()})) == 4


def test_the_report_counts_items_and_time_per_step() -> None:
    def slow(number: int) -> int:
        time.sleep(0.002)
        return number

    pipeline = Pipeline(
        range(10), [Stage("slow", slow), Stage("quick", increment)], source_name="count"
    )
    assert pipeline.report.wall_seconds == 0
    list(pipeline.run())
    report = pipeline.report
    assert [(stage.name, stage.items) for stage in report.stages] == [
        ("count", 10),
        ("slow", 10),
        ("quick", 10),
    ]
    slow_stage = report.stages[1]
    assert slow_stage.busy_seconds >= 10 * 0.002
    assert slow_stage.milliseconds_per_item == pytest.approx(100 * slow_stage.busy_seconds)
    assert report.slowest.name == "slow"
    assert report.wall_seconds >= slow_stage.busy_seconds
    assert pipeline.report.wall_seconds == report.wall_seconds, "the clock stops with the run"


def test_the_report_of_a_failed_run_counts_what_was_finished() -> None:
    pipeline = Pipeline(range(10), [Stage("add", failing_at(4, ValueError("bad")))])
    with pytest.raises(StageError):
        list(pipeline.run())
    assert pipeline.report.stages[1].items == 4

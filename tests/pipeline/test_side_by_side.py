from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from dlc.pipeline.side_by_side import SideBySide


def test_calls_run_at_the_same_time_and_results_keep_their_order() -> None:
    meeting = threading.Barrier(3, timeout=60)
    order: list[int] = []

    def call(number: int) -> Callable[[], int]:
        def run() -> int:
            meeting.wait()
            order.append(number)
            return number

        return run

    with SideBySide(3) as run_all:
        for _ in range(20):
            assert run_all([call(0), call(1), call(2)]) == [0, 1, 2]
    assert sorted(order) == sorted([0, 1, 2] * 20)


def test_more_calls_than_threads_wait_their_turn() -> None:
    with SideBySide(2) as run_all:
        calls = [lambda number=number: number * number for number in range(50)]
        assert run_all(calls) == [number * number for number in range(50)]
        assert run_all([]) == []


def test_a_failure_comes_out_when_all_calls_have_ended() -> None:
    failed = threading.Event()
    ended: list[str] = []

    def fail() -> None:
        failed.set()
        raise ValueError("first")

    def go_on() -> None:
        assert failed.wait(60)
        ended.append("second")

    def fail_too() -> None:
        raise KeyError("third")

    with SideBySide(2) as run_all:
        with pytest.raises(ValueError, match="first"):
            run_all([fail, go_on, fail_too])
        assert ended == ["second"]
        assert run_all([lambda: 1]) == [1]


def test_an_interrupt_in_a_call_is_carried_out_as_it_is() -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    with SideBySide(1) as run_all, pytest.raises(KeyboardInterrupt):
        run_all([interrupt])


def test_no_thread_is_left_behind() -> None:
    before = set(threading.enumerate())
    with SideBySide(2) as run_all:
        run_all([lambda: None, lambda: None])
    assert set(threading.enumerate()) <= before

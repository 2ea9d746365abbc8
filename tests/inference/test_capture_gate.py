from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import AbstractContextManager
from threading import Barrier, Event

import pytest

from dlc.inference.capture_gate import CaptureGate


def test_several_threads_use_the_gpu_at_a_time() -> None:
    gate, together = CaptureGate(), Barrier(3, timeout=10)

    def use() -> None:
        with gate.use():
            together.wait()

    with ThreadPoolExecutor(3) as pool:
        for done in [pool.submit(use) for _ in range(3)]:
            done.result()


@pytest.mark.parametrize("first", ["use", "capture"])
def test_a_capture_waits_and_is_waited_for(first: str) -> None:
    gate, inside, leave = CaptureGate(), Event(), Event()
    order = []

    def hold(context: AbstractContextManager[None]) -> None:
        with context:
            inside.set()
            leave.wait(10)
            order.append("first")

    def follow(context: AbstractContextManager[None]) -> None:
        with context:
            order.append("second")

    ways = {"use": gate.use, "capture": gate.capture}
    with ThreadPoolExecutor(2) as pool:
        holding = pool.submit(hold, ways.pop(first)())
        assert inside.wait(10)
        following = pool.submit(follow, ways.popitem()[1]())
        assert not following.done()
        leave.set()
        holding.result()
        following.result()
    assert order == ["first", "second"]


def test_uses_that_follow_each_other_without_a_gap_do_not_keep_a_capture_waiting() -> None:
    gate = CaptureGate()
    order = []

    def enter(context: AbstractContextManager[None], name: str) -> None:
        with context:
            order.append(name)

    with ThreadPoolExecutor(2) as pool, gate.use():
        capture = pool.submit(enter, gate.capture(), "capture")
        while not gate._captures:  # noqa: SLF001 - whether it waits
            time.sleep(0.001)
        use = pool.submit(enter, gate.use(), "use")
        assert not wait([capture, use], timeout=0.05).done
    assert order == ["capture", "use"]


def test_errors_open_the_gate_again() -> None:
    gate = CaptureGate()
    for context in (gate.use(), gate.capture()):
        with pytest.raises(RuntimeError), context:
            raise RuntimeError
    with gate.capture():
        pass
    with gate.use():
        pass

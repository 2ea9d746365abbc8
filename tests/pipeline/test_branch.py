"""A thread beside a pipeline: whoever offers never waits, failures come out, the thread ends."""

from __future__ import annotations

import threading

import pytest

from dlc.errors import Cancelled, StageError, VirtualCameraError
from dlc.pipeline import Branch
from dlc.pipeline.channel import Channel

PATIENCE = 10.0


def test_what_was_offered_is_done_when_the_block_ends() -> None:
    done: list[int] = []
    with Branch[int]("file", done.extend, capacity=8) as branch:
        for number in range(5):
            branch.offer(number)
    assert done == [0, 1, 2, 3, 4]


def test_offering_never_waits_and_the_newest_are_kept() -> None:
    release = threading.Event()
    done: list[int] = []

    def slow(inbox: Channel[int]) -> None:
        assert release.wait(PATIENCE)
        done.extend(inbox)

    with Branch[int]("file", slow, capacity=2) as branch:
        for number in range(100):
            branch.offer(number)
        release.set()
    assert done == [98, 99]


def failing(error: Exception, ended: threading.Event, branch_inbox: Channel[int]) -> None:
    branch_inbox.get()
    ended.set()
    raise error


@pytest.mark.parametrize(
    ("error", "expected", "words"),
    [
        (VirtualCameraError("it went away"), VirtualCameraError, "it went away"),
        (ZeroDivisionError("division"), StageError, "stage 'camera' failed: ZeroDivisionError"),
    ],
)
def test_a_failure_reaches_whoever_offers_the_next_item(
    error: Exception, expected: type[Exception], words: str
) -> None:
    ended = threading.Event()

    def offer_on() -> None:
        with Branch[int]("camera", lambda inbox: failing(error, ended, inbox)) as branch:
            branch.offer(1)
            assert ended.wait(PATIENCE)
            while True:
                branch.offer(2)

    with pytest.raises(expected, match=words):
        offer_on()


def run_with(error: Exception | None) -> None:
    ended = threading.Event()
    trouble = VirtualCameraError("it went away")
    with Branch[int]("camera", lambda inbox: failing(trouble, ended, inbox)) as branch:
        branch.offer(1)
        assert ended.wait(PATIENCE)
        if error is not None:
            raise error


@pytest.mark.parametrize("error", [None, Cancelled("stopped on request")])
def test_a_failure_at_the_end_is_told_as_well(error: Exception | None) -> None:
    with pytest.raises(VirtualCameraError):
        run_with(error)


def test_another_failure_goes_first() -> None:
    with pytest.raises(KeyError):
        run_with(KeyError("first"))

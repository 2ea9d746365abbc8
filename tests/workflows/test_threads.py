"""Thread counts: what is available, and OpenCV's own put back."""

from __future__ import annotations

import os

import cv2
import pytest

from dlc.workflows.threads import available_threads, opencv_threads


def test_at_least_one_thread_and_no_more_than_cores() -> None:
    assert 1 <= available_threads() <= (os.cpu_count() or 1)


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="no CPU affinity here")
def test_a_restricted_process_counts_only_its_own_cpus() -> None:
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(allowed)})
    try:
        assert available_threads() == 1
    finally:
        os.sched_setaffinity(0, allowed)


def failing_work(inside: list[int]) -> None:
    with opencv_threads(1):
        inside.append(cv2.getNumThreads())
        raise KeyError


def test_opencv_gets_its_threads_back_even_after_an_error() -> None:
    before = cv2.getNumThreads()
    inside: list[int] = []
    with pytest.raises(KeyError):
        failing_work(inside)
    assert inside == [1]
    assert cv2.getNumThreads() == before

"""OpenCV's thread count, put back."""

from __future__ import annotations

import cv2
import pytest

from dlc.workflows.threads import opencv_on_one_thread


def failing_work(inside: list[int]) -> None:
    with opencv_on_one_thread():
        inside.append(cv2.getNumThreads())
        raise KeyError


def test_opencv_gets_its_threads_back_even_after_an_error() -> None:
    before = cv2.getNumThreads()
    inside: list[int] = []
    with pytest.raises(KeyError):
        failing_work(inside)
    assert inside == [1]
    assert cv2.getNumThreads() == before

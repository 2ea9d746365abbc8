"""How many CPU threads a run uses, and where."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import cv2


def available_threads() -> int:
    """Return how many CPUs this process may use, at least 1."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def opencv_threads(count: int) -> Iterator[None]:
    """Let each OpenCV call use `count` threads for as long as the context lasts.

    OpenCV knows this setting only for the whole process, so it is put back at the end: a program
    that uses dlc as a library keeps its own.
    """
    previous = cv2.getNumThreads()
    cv2.setNumThreads(count)
    try:
        yield
    finally:
        cv2.setNumThreads(previous)

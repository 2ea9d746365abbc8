"""How many threads OpenCV uses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import cv2


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

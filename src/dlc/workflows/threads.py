"""How many threads OpenCV uses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import cv2


@contextmanager
def opencv_on_one_thread() -> Iterator[None]:
    """Let each OpenCV call use one thread within the context.

    OpenCV has this setting only for the whole process, so it is restored at the end for programs
    that use dlc as a library.
    """
    previous = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(previous)

"""OpenCV's log, which goes to standard error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import cv2


@contextmanager
def silent_opencv() -> Iterator[None]:
    """Keep OpenCV from printing about what may fail, or is raised as an error anyway."""
    level = cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    try:
        yield
    finally:
        cv2.utils.logging.setLogLevel(level)

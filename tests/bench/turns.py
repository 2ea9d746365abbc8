"""Functions timed in turn, so that a machine that slows down slows all of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

import cv2

# In the first rounds memory and code are touched for the first time.
_WARM_UP = 2


def alternate(ways: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Call A, B, ..., A, B, ..., with one thread for OpenCV.

    Args:
        ways: what is timed, by name.
        rounds: calls of each that count.

    Returns:
        The milliseconds of each call.
    """
    times: dict[str, list[float]] = {name: [] for name in ways}
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        for count in range(_WARM_UP + rounds):
            for name, way in ways.items():
                began = time.perf_counter()
                way()
                if count >= _WARM_UP:
                    times[name].append(1000 * (time.perf_counter() - began))
    finally:
        cv2.setNumThreads(threads)
    return times

"""Keeps threads of the process off the GPU while one of them captures CUDA graphs."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class CaptureGate:
    """Lets any number of threads use the GPU, or one of them capture.

    ONNX Runtime captures in CUDA's mode "global": meanwhile, CUDA refuses to copy or allocate
    memory for any other thread, and whoever tries breaks the capture as well.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._users = 0
        self._captures = 0
        self._capturing = False

    @contextmanager
    def use(self) -> Iterator[None]:
        """Wait for captures, also those that wait for their turn, and then hold others off."""
        with self._changed:
            self._changed.wait_for(lambda: not self._captures)
            self._users += 1
        try:
            yield
        finally:
            with self._changed:
                self._users -= 1
                self._changed.notify_all()

    @contextmanager
    def capture(self) -> Iterator[None]:
        """Wait until no other thread uses the GPU or captures, and then hold them off."""
        with self._changed:
            self._captures += 1
            self._changed.wait_for(lambda: not self._users and not self._capturing)
            self._capturing = True
        try:
            yield
        finally:
            with self._changed:
                self._capturing = False
                self._captures -= 1
                self._changed.notify_all()


GATE = CaptureGate()
"""The gate of this process: CUDA's rule is for all of its threads, whatever they have in common."""

"""A thread that does all work of one kind, one call at a time."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Result = TypeVar("Result")


class OwnThread:
    """Runs functions on its own thread, which ends when nothing refers to it anymore.

    ONNX Runtime keeps a captured CUDA graph only for the thread that captured it: any other thread
    would capture it again, in the middle of other work.
    """

    def __init__(self, name: str) -> None:
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)

    def call(self, function: Callable[[], Result]) -> Result:
        """Return what a function returns, or raise what it raises; callers take turns."""
        return self._executor.submit(function).result()

"""A thread on which all work of one kind is done, one thing after the other."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Result = TypeVar("Result")


class OwnThread:
    """Runs functions on a thread of its own; it ends when nobody refers to it any more.

    ONNX Runtime keeps a captured CUDA graph for the thread that captured it alone: any other thread
    would capture it anew, in the middle of other work.
    """

    def __init__(self, name: str) -> None:
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)

    def call(self, function: Callable[[], Result]) -> Result:
        """Return what a function returns, or raise what it raises; callers wait for their turn."""
        return self._executor.submit(function).result()

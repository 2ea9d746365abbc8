"""Stops a run from outside."""

from __future__ import annotations

from dlc.errors import Cancelled


class CancelToken:
    """Asks a run to stop; may be set from any thread and from a signal handler.

    It is a plain flag without a lock, because a signal handler interrupts the main thread and would
    wait forever for a lock that thread holds.
    """

    def __init__(self) -> None:
        self._is_set = False

    @property
    def is_set(self) -> bool:
        """Whether the run should stop."""
        return self._is_set

    def set(self) -> None:
        """Ask the run to stop as soon as it cleanly can."""
        self._is_set = True

    def check(self) -> None:
        """Raise `Cancelled` if the run was asked to stop."""
        if self.is_set:
            message = "stopped on request"
            raise Cancelled(message)

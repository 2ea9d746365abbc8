"""The way to stop a run from outside it."""

from __future__ import annotations

from dlc.errors import Cancelled


class CancelToken:
    """Asks a run to stop; may be set from any thread and from a signal handler.

    It is a plain flag without a lock because a signal handler runs in the middle of whatever the
    main thread does, and would wait forever for a lock that thread holds.
    """

    def __init__(self) -> None:
        self._is_set = False

    @property
    def is_set(self) -> bool:
        """Whether the run was asked to stop."""
        return self._is_set

    def set(self) -> None:
        """Ask the run to stop as soon as it can do so cleanly."""
        self._is_set = True

    def check(self) -> None:
        """Raise `Cancelled` if the run was asked to stop."""
        if self.is_set:
            message = "stopped on request"
            raise Cancelled(message)

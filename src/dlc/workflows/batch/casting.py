"""The people of one or many targets: photos are read, checked and prepared only once."""

from __future__ import annotations

from collections.abc import Sequence

from dlc.options import SwapOptions
from dlc.pipeline import CancelToken
from dlc.safeguard.guard import Safeguard
from dlc.workflows.engines.engine import LoadedEngine
from dlc.workflows.people.assignment import Assignment
from dlc.workflows.people.cast import Cast
from dlc.workflows.people.prepared_cast import prepared_cast


class Casting:
    """Gives every target, and every segment of one, a cast of its own with the same sources.

    Args:
        assignments: who gets which face.
        options: how people are told apart, and what is refused.
    """

    def __init__(self, assignments: Sequence[Assignment], options: SwapOptions) -> None:
        self._assignments = assignments
        self._options = options
        self._first: Cast | None = None
        self._safeguard: Safeguard | None = None

    def cast(self, engine: LoadedEngine, cancel: CancelToken) -> Cast:
        """Return a prepared cast that has not seen any target.

        Args:
            engine: a fresh engine; all of them come from one loader.
            cancel: checked before every photo.

        Raises:
            InputError, NoFaceError, SafeguardError: a photo is of no use, or refused.
            ModelError: a particular person is requested, and there is no recognizer to find them.
            Cancelled: the run was stopped.
        """
        if self._first is not None:
            return self._first.again(engine)
        self._first, self._safeguard = prepared_cast(
            engine, self._assignments, self._options, cancel
        )
        return self._first

    def safeguard(self) -> Safeguard | None:
        """Return what watches a new target, once there is a cast; None if nothing is refused."""
        return None if self._safeguard is None else self._safeguard.another()

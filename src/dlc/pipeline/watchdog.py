"""Reports which step of a pipeline everything is waiting for."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from dlc.pipeline.worker import Worker

logger = logging.getLogger(__name__)

# Longer than any step takes for an item, including a network's first on a slow machine.
_PATIENCE_SECONDS = 30.0


class Watchdog:
    """Warns of the first step that does not finish its current item, once for each advice.

    Args:
        workers: the steps.
        patience: seconds an item may take.
    """

    def __init__(self, workers: Sequence[Worker], patience: float = _PATIENCE_SECONDS) -> None:
        self._workers = workers
        self._patience = patience
        self._told: set[str] = set()

    def look(self) -> None:
        """Warn of steps whose current item takes too long."""
        for worker in self._workers:
            if worker.busy_for > self._patience:
                self._tell(worker, "stop the run if it stays so")

    def explain(self) -> None:
        """Report which steps keep a run from stopping, however long they have been busy."""
        for worker in self._workers:
            if worker.busy_for > 0:
                self._tell(worker, "a second Ctrl-C ends the run without it")

    def _tell(self, worker: Worker, advice: str) -> None:
        if advice not in self._told:
            self._told.add(advice)
            logger.warning(
                "stage %r has been busy with one frame for %.0f s: %s",
                worker.name,
                worker.busy_for,
                advice,
            )

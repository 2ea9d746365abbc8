"""The threads that a test may leave behind."""

from __future__ import annotations

import threading


def pipeline_threads() -> list[str]:
    """Return the names of the threads of pipelines that run."""
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("pipeline")]

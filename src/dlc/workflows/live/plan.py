"""A live run, planned."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from dlc.options import Engine, LiveOptions
from dlc.workflows.people.assignment import Assignment


@dataclass(frozen=True, slots=True)
class LivePlan:
    """A live run to carry out, with every choice made.

    Attributes:
        photos: source photos that exist; empty if there are assignments.
        camera: the source for `open_live_source`.
        options: all other choices.
        engine: the engine in use, for the result.
        engine_reason: why it was chosen.
        assignments: who gets which face; empty if everybody gets the same one.
    """

    photos: tuple[Path, ...]
    camera: str
    options: LiveOptions
    engine: Engine
    engine_reason: str
    assignments: tuple[Assignment, ...] = ()

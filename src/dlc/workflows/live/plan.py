"""A live run, planned."""

from __future__ import annotations

from dataclasses import dataclass

from dlc.options import Engine, LiveOptions
from dlc.workflows.people.assignment import Assignment


@dataclass(frozen=True, slots=True)
class LivePlan:
    """A live run to carry out, with every choice made.

    Attributes:
        assignments: who gets which face.
        camera: the source for `open_live_source`.
        options: all other choices.
        engine: the engine in use, for the result.
        engine_reason: why it was chosen.
    """

    assignments: tuple[Assignment, ...]
    camera: str
    options: LiveOptions
    engine: Engine
    engine_reason: str

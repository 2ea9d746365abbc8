"""A swap of one target, planned."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from dlc.options import Engine, SwapOptions
from dlc.workflows.people.assignment import Assignment, input_photos, source_photos


@dataclass(frozen=True, slots=True)
class SwapPlan:
    """A swap to carry out, with every choice made.

    Attributes:
        assignments: who gets which face.
        target: the video or picture.
        output: the file to write.
        options: all other choices.
        engine: the engine in use, for the result.
        engine_reason: why it was chosen.
        notes: where the plan deviates from what was asked for, in words for the user.
    """

    assignments: tuple[Assignment, ...]
    target: Path
    output: Path
    options: SwapOptions
    engine: Engine
    engine_reason: str
    notes: tuple[str, ...] = ()

    @property
    def sources(self) -> tuple[Path, ...]:
        """All source photos, each once."""
        return source_photos(self.assignments)

    @property
    def inputs(self) -> tuple[Path, ...]:
        """All photos to read, including those of people in the target."""
        return input_photos(self.assignments)

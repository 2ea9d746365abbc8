"""What a pipeline did and how long each step took."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StageReport:
    """Statistics of one step.

    Attributes:
        name: the step's name.
        items: number of items it finished.
        busy_seconds: time spent inside the step, excluding waits for its neighbors.
    """

    name: str
    items: int
    busy_seconds: float

    @property
    def milliseconds_per_item(self) -> float:
        """Mean time an item spent inside the step; 0 if it finished none."""
        return 1000.0 * self.busy_seconds / self.items if self.items else 0.0


@dataclass(frozen=True, slots=True)
class PipelineReport:
    """Statistics of a whole pipeline.

    Attributes:
        stages: the source first, then every stage in order.
        wall_seconds: time from the start of the first step to now, or to the end of the run.
    """

    stages: tuple[StageReport, ...]
    wall_seconds: float

    @property
    def busy_seconds(self) -> float:
        """Time inside all steps together; exceeds `wall_seconds` as far as they overlapped."""
        return sum(stage.busy_seconds for stage in self.stages)

    @property
    def slowest(self) -> StageReport:
        """The step that was busy the longest: the one worth speeding up."""
        return max(self.stages, key=lambda stage: stage.busy_seconds)


def merged(reports: Sequence[PipelineReport]) -> PipelineReport:
    """Return the combined statistics of pipelines of the same steps, run one after the other."""
    stages = (
        StageReport(
            same[0].name,
            sum(stage.items for stage in same),
            sum(stage.busy_seconds for stage in same),
        )
        for same in zip(*(report.stages for report in reports), strict=True)
    )
    return PipelineReport(tuple(stages), sum(report.wall_seconds for report in reports))

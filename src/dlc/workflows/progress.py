"""Progress of a run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Progress:
    """The state of a run, passed to the progress callback after every frame.

    Attributes:
        frames: frames written so far.
        total: total frames as estimated from the container; None if it does not say.
        faces: faces swapped so far, over all frames.
        seconds: time since the first frame was requested.
    """

    frames: int
    total: int | None
    faces: int
    seconds: float

    @property
    def fps(self) -> float:
        """Frames written per second."""
        return self.frames / self.seconds if self.seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float | None:
        """Estimated time to the end; None if the number of frames is unknown."""
        if self.total is None or self.fps == 0:
            return None
        return max(self.total - self.frames, 0) / self.fps


@dataclass(frozen=True, slots=True)
class FolderProgress:
    """The state of a run over a folder, passed to the progress callback after every frame.

    Attributes:
        number: which target is being processed, counted from 1, in the folder's natural order.
        count: how many targets there are, including those that were done by an earlier run.
        target: the target.
        file: how far it has come.
        seconds_left: estimated time to the end of the run, if the other targets take as long as
            those so far; None before the first one is finished.
    """

    number: int
    count: int
    target: Path
    file: Progress
    seconds_left: float | None

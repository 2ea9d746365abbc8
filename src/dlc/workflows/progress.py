"""Progress of a run."""

from __future__ import annotations

from dataclasses import dataclass


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

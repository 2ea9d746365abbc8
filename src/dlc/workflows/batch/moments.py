"""Pictures of a few moments of a run, kept for the contact sheet."""

from __future__ import annotations

from dataclasses import dataclass

from dlc.arrays import Image


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """One row of the sheet.

    Attributes:
        time: seconds into the target; None in a picture.
        target: uint8 (h, w, 3) BGR, the unmodified frame.
        result: uint8 (h, w, 3) BGR, the finished frame.
    """

    time: float | None
    target: Image
    result: Image


class MomentRecorder:
    """Collects evenly spaced moments of a run of unknown length.

    Every `stride`-th frame is kept; when there are too many, every second one is dropped and the
    stride doubles. A long run thus ends with four to eight times as many moments as rows, and
    memory does not grow with the length of the video.

    Args:
        rows: the largest number of moments the sheet will show.
    """

    def __init__(self, rows: int) -> None:
        self._rows = rows
        self._capacity = 8 * rows
        self._stride = 1
        self._seen = 0
        self._moments: list[Moment] = []

    def wants_next(self) -> bool:
        """Count a frame; return whether `add` should be called for it."""
        wanted = self._seen % self._stride == 0
        self._seen += 1
        return wanted

    def add(self, moment: Moment) -> None:
        """Keep a moment."""
        self._moments.append(moment)
        if len(self._moments) > self._capacity:
            self._moments = self._moments[::2]
            self._stride *= 2

    def moments(self) -> list[Moment]:
        """Return at most `rows` moments, the middles of equal parts of the run."""
        kept = len(self._moments)
        rows = min(self._rows, kept)
        return [self._moments[(2 * row + 1) * kept // (2 * rows)] for row in range(rows)]

"""How often work can be afforded that does not fit into every frame."""

from __future__ import annotations

import math


class MeanDuration:
    """A running mean of durations in which old ones fade.

    Attributes:
        seconds: the mean; 0 before the first duration.
    """

    def __init__(self, rate: float) -> None:
        """Begin without durations; `rate` is a new one's share of the mean."""
        self.seconds = 0.0
        self.is_known = False
        self._rate = rate

    def add(self, seconds: float) -> None:
        """Take in a duration."""
        weight = self._rate if self.is_known else 1.0
        self.seconds += weight * (seconds - self.seconds)
        self.is_known = True


def affordable_every(budget: float, work: float, instead: float, most: int) -> int:
    """Return in which of the frames work can be done, so that the mean frame is within its budget.

    Args:
        budget: seconds that there are for a frame.
        work: seconds that the work takes.
        instead: seconds that a frame without it takes.
        most: the largest number that is returned; with it a frame may take longer than its budget.

    Returns:
        1 for every frame, n for every nth one.
    """
    if work <= max(budget, instead):
        return 1
    if budget <= instead:
        return most
    # The mean of the work and n - 1 frames without it is within the budget from this n on.
    return min(math.ceil((work - instead) / (budget - instead)), most)

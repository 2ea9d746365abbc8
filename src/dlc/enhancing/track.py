"""The detail of one face between two runs of the model."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dlc.enhancing.detail import Detail
from dlc.enhancing.pose import turn_degrees

# A head that has turned further than this shows skin that was never enhanced.
_MOST_DEGREES = 9.0


class EnhancedTrack:
    """What a model made of a face, for as long as it may be carried on.

    There is one for each track id. As a cut or a loss gives a face a new id, nothing is carried on
    beyond it.
    """

    def __init__(self) -> None:
        """Start without detail."""
        self._detail: Detail | None = None
        self._nose = np.zeros(2)
        self._age = 0

    def detail_for(self, nose: NDArray[np.float64], every: int) -> Detail | None:
        """Return the detail to carry on to the face's next frame; None if the model has to run.

        Args:
            nose: the `nose_place` of the face in this frame.
            every: frames from one run of the model to the next.
        """
        self._age += 1
        if self._age >= every or turn_degrees(nose, self._nose) > _MOST_DEGREES:
            return None
        return self._detail

    def keep(self, detail: Detail, nose: NDArray[np.float64]) -> None:
        """Take in what the model has made of the face in this frame."""
        self._detail, self._nose, self._age = detail, nose, 0

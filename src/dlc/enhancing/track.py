"""The detail of one face between two runs of the model."""

from __future__ import annotations

import numpy as np

from dlc.arrays import Doubles
from dlc.enhancing.detail import Detail
from dlc.enhancing.pose import turn_degrees

# A head that has turned further than this shows skin that was never enhanced.
_MOST_DEGREES = 9.0


class EnhancedTrack:
    """The detail a model added to a face, for as long as it may be carried over.

    There is one per track id. A face gets a new id after a cut or a loss, so nothing is carried
    over beyond those.
    """

    def __init__(self) -> None:
        """Start without detail."""
        self._detail: Detail | None = None
        self._nose = np.zeros(2)
        self._age = 0

    def detail_for(self, nose: Doubles, every: int) -> Detail | None:
        """Return the detail to carry over to the face's next frame; None if the model must run.

        Args:
            nose: the `nose_place` of the face in this frame.
            every: frames from one run of the model to the next.
        """
        self._age += 1
        if self._age >= every or turn_degrees(nose, self._nose) > _MOST_DEGREES:
            return None
        return self._detail

    def keep(self, detail: Detail, nose: Doubles) -> None:
        """Store the detail that the model added to the face in this frame."""
        self._detail, self._nose, self._age = detail, nose, 0

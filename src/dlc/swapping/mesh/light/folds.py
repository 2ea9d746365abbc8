"""Measures how far a target shows the folds of a smile that the source's photo shows."""

from __future__ import annotations

import numpy as np

from dlc.arrays import Floats
from dlc.compositing.filters import resize
from dlc.swapping.mesh.light.expression import skin_relief
from dlc.swapping.mesh.light.tone import LUMA, TONE_SIZE
from dlc.swapping.mesh.source.source import SourceModel

# Depth of a fold, as a share of the skin's light, below which it is none.
_FAINT = 0.01
# Share of the folds that must be in sight.
_SEEN = 0.2


class FoldMeter:
    """Compares targets with the source where this one has folds."""

    def __init__(self, source: SourceModel) -> None:
        """Measure the source's folds."""
        size = (TONE_SIZE, TONE_SIZE)
        folds, texture = resize(source.folds, size), resize(source.texture, size)
        self._where: Floats = np.maximum(folds @ LUMA, 0)
        self._total = float(self._where.sum())
        self._depth: Floats = skin_relief(texture + folds) - skin_relief(texture)

    def share(self, relief: Floats, seen: Floats) -> float | None:
        """Return the share of the source's folds that a target shows; None if it cannot be seen.

        Args:
            relief: float32 (TONE_SIZE, TONE_SIZE), the target's, see `skin_relief`.
            seen: float32 (TONE_SIZE, TONE_SIZE), how much to trust each pixel.
        """
        where = self._where * seen
        amount = float(where.sum())
        if amount < _SEEN * self._total:
            return None
        shown, all_of_it = (
            float((depth * where).sum()) / max(amount, 1e-3) for depth in (1 - relief, self._depth)
        )
        return min(max(shown / all_of_it, 0.0), 1.0) if all_of_it > _FAINT else 1.0

"""Reproducible inputs for comparing runtimes, made by numpy alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_GRID = 8


def seeded_image(seed: int, size: int, low: float, high: float) -> NDArray[np.float32]:
    """Return noise (1, 3, size, size) in [low, high] that is as smooth as a picture.

    White noise would average out in the first convolution and leave the rest of a model untested.
    """
    coarse = np.random.default_rng(seed).random((3, _GRID, _GRID))
    positions = np.linspace(0, _GRID - 1, size)
    weights = np.maximum(0, 1 - np.abs(positions[:, None] - np.arange(_GRID)))
    image = weights @ coarse @ weights.T
    return (low + (high - low) * image[None]).astype(np.float32)

"""Noise as models get it in use."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def unit_vectors(generator: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Return float32 vectors (n, length) of length 1, as embeddings are.

    Longer ones would drive a swapper's values to where no face does, and out of half precision.
    """
    vectors = generator.standard_normal(shape).astype(np.float32)
    units: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return units

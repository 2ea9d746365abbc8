"""Noise that resembles a model's real inputs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def unit_vectors(generator: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Return float32 unit vectors (n, length), like embeddings.

    Longer ones would drive a swapper's values further than any face, and out of half precision.
    """
    vectors = generator.standard_normal(shape).astype(np.float32)
    units: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return units

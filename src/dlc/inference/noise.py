"""Noise that resembles a model's real inputs."""

from __future__ import annotations

import numpy as np

from dlc.arrays import Floats


def unit_vectors(generator: np.random.Generator, shape: tuple[int, ...]) -> Floats:
    """Return float32 unit vectors (n, length), like embeddings.

    Longer ones would drive a swapper's values further than any face, and out of half precision.
    """
    vectors = generator.standard_normal(shape).astype(np.float32)
    units: Floats = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return units

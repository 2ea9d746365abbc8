from __future__ import annotations

import numpy as np

from dlc.inference.noise import unit_vectors


def test_vectors_have_the_length_of_embeddings_and_are_the_same_for_a_seed() -> None:
    first, second = (unit_vectors(np.random.default_rng(3), (4, 512)) for _ in range(2))
    assert first.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(first, axis=1), 1, rtol=1e-6)
    np.testing.assert_array_equal(first, second)
    assert np.abs(first[0] @ first[1]) < 0.3

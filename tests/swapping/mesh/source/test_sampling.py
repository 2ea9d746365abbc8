from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.source.sampling import sampling


@pytest.mark.parametrize("size", [64, 128])
def test_weights_add_up_to_1_where_there_is_a_triangle(layout: Layout, size: int) -> None:
    pixels = sampling(layout, size)
    total = pixels.weights.sum(axis=0).reshape(size, size)
    covered = total > 0.5
    np.testing.assert_allclose(total[covered], 1.0, atol=1e-5)
    assert (total[~covered] == 0.0).all()
    assert covered[pixels.inside].all()
    assert 0.4 < pixels.inside.mean() < covered.mean() < 1.0


def test_spreading_positions_gives_back_the_pixels(layout: Layout) -> None:
    size = 128
    pixels = sampling(layout, size)
    where = pixels.spread(layout.uv * size - 0.5)
    rows, columns = np.nonzero(pixels.inside)
    found = where[rows, columns]
    np.testing.assert_allclose(found, np.stack([columns, rows], axis=1), atol=1e-2)


def test_spreading_is_linear_and_keeps_the_kind(layout: Layout) -> None:
    pixels = sampling(layout, 64)
    values = np.random.default_rng(1).random((len(layout.uv), 3), np.float32)
    spread = pixels.spread(values)
    assert spread.dtype == np.float32
    assert spread.shape == (64, 64, 3)
    np.testing.assert_allclose(pixels.spread(2 * values), 2 * spread, atol=1e-5)
    np.testing.assert_allclose(pixels.spread(np.ones_like(values))[pixels.inside], 1, atol=1e-5)


def test_the_same_sampling_is_worked_out_once(layout: Layout) -> None:
    assert sampling(layout, 64) is sampling(layout, 64)


def test_only_the_last_size_takes_memory(layout: Layout) -> None:
    tracemalloc.start()
    try:
        sampling(layout, 128)
        one = tracemalloc.get_traced_memory()[0]
        sampling(layout, 256)
        sampling(layout, 128)
        both = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert both < one + 2**16

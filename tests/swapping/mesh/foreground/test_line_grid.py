from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dlc.arrays import Floats
from dlc.swapping.mesh.foreground.line_grid import LineGrid, best_path

SIZE = 64
# What a step to the side costs.
STEP = 0.1


def worth(lines: Floats, path: tuple[int, ...]) -> float:
    steps = sum(abs(after - before) for before, after in pairwise(path))
    return float(sum(row[column] for row, column in zip(lines, path, strict=True))) - STEP * steps


@given(
    lines=arrays(
        np.float32,
        st.tuples(st.integers(1, 5), st.integers(2, 4)),
        elements=st.sampled_from([0.0, 0.125, 0.5, 1.0]),
    )
)
def test_no_path_is_better_than_the_best_one(lines: Floats) -> None:
    rows, columns = lines.shape
    found = tuple(best_path(lines).tolist())
    assert len(found) == rows
    assert all(abs(after - before) <= 1 for before, after in pairwise(found))
    others = [
        path
        for path in product(range(columns), repeat=rows)
        if all(abs(after - before) <= 1 for before, after in pairwise(path))
    ]
    assert worth(lines, found) == pytest.approx(max(worth(lines, path) for path in others))


def square() -> LineGrid:
    """Return a grid of all pixels of an image: its rows are the image's columns."""
    rows, columns = np.mgrid[:SIZE, :SIZE].astype(np.float32)
    where = np.stack([rows, columns], axis=2)
    zone = np.ones((SIZE, SIZE), np.float32)
    down, along = columns.T, rows.T
    return LineGrid(where, zone, np.stack([down, along], axis=2), is_closed=False)


@pytest.mark.parametrize("luma", [40.0, 220.0])
def test_a_line_is_followed_over_a_gap_and_as_wide_as_it_is(luma: float) -> None:
    image = np.full((SIZE, SIZE), 130, np.float32)
    image[30:34] = luma
    image[:, 26:34] = 130
    certain, matte = square().follow(image)
    assert certain[:22].min() > 0.9
    assert certain[30] < 0.5
    assert matte[31:33, :24].min() > 0.9
    assert matte[31:33].min() > 0.2
    assert matte[:25].max() == matte[39:].max() == 0.0


def test_an_even_image_has_no_lines() -> None:
    shaded = np.tile(np.linspace(60, 200, SIZE, dtype=np.float32)[:, None], SIZE)
    certain, matte = square().follow(shaded)
    assert certain.max() < 0.05
    assert matte.max() < 0.05

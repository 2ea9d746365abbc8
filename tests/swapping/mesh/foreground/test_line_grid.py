from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dlc.arrays import Floats
from dlc.swapping.mesh.foreground.line_grid import (
    LineGrid,
    best_path,
    certainty,
    on_path,
)

SIZE = 64
# What a step to the side costs.
STEP = 0.06


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
    back = np.stack([down, along], axis=2)
    return LineGrid(where, zone, zone, back, is_closed=False, sigmas=(0.7, 1.4))


@pytest.mark.parametrize("luma", [40.0, 220.0])
def test_a_line_is_followed_over_a_gap_and_as_wide_as_it_is(luma: float) -> None:
    image = np.full((SIZE, SIZE), 130, np.float32)
    image[30:34] = luma
    image[:, 26:34] = 130
    grid = square()
    matte = grid.follow(image)
    lines = certainty(grid.contrast(image)[1])
    certain = on_path(lines, best_path(lines))
    assert certain[:22].min() > 0.9
    assert certain[30] < 0.5
    assert matte[31:33, :24].min() > 0.9
    assert matte[31:33].min() > 0.2
    assert matte[:25].max() == matte[39:].max() == 0.0


def test_an_even_image_has_no_lines() -> None:
    shaded = np.tile(np.linspace(60, 200, SIZE, dtype=np.float32)[:, None], SIZE)
    grid = square()
    assert certainty(grid.contrast(shaded)[1]).max() < 0.05
    assert grid.follow(shaded).max() < 0.05


def test_a_path_may_be_steep_if_asked() -> None:
    rows = np.arange(SIZE // 2)
    lines = np.zeros((len(rows), SIZE), np.float32)
    lines[rows, 2 * rows] = 1
    assert on_path(lines, best_path(lines, 2)).mean() == 1
    assert on_path(lines, best_path(lines, 1)).mean() < 1


def test_the_shade_beside_a_line_is_no_part_of_it() -> None:
    image = np.full((SIZE, SIZE), 130, np.float32)
    image[31] = 220
    image[33:36] = 60
    path = np.full(SIZE, 31)
    matte = square().matte(image.T.copy(), path, np.ones(SIZE, np.float32))
    assert matte[31].min() > 0.7
    assert matte[34:].max() < 0.1

from __future__ import annotations

import numpy as np
import pytest

from dlc.arrays import Floats
from dlc.faces.landmarks.topology import LEFT_EYE_CORNERS
from dlc.swapping.mesh.foreground.black_rims import BlackRims
from dlc.swapping.mesh.layout import Layout

SIZE = 256
HEIGHT, WIDTH = 16, 20


@pytest.fixture(scope="module")
def corner(layout: Layout) -> tuple[int, int]:
    """Return the row and column where a broad upper rim begins."""
    unit = SIZE * layout.face_width
    row = float(layout.uv[LEFT_EYE_CORNERS[0], 1]) * SIZE - 0.11 * unit
    return round(row), round(SIZE / 2 - 0.3 * unit)


def face(corner: tuple[int, int], luma: float) -> Floats:
    """Return skin with something in it."""
    row, column = corner
    image = np.full((SIZE, SIZE), 150, np.float32)
    image[row : row + HEIGHT, column : column + WIDTH] = luma
    return image


@pytest.fixture
def lines(corner: tuple[int, int]) -> Floats:
    """Return a line through the rim, from it towards the nose."""
    row, column = corner
    image = np.zeros((SIZE, SIZE), np.float32)
    image[row + 8 : row + 10, column : column + 2 * WIDTH] = 1
    return image


def test_they_are_found_in_their_whole_breadth(
    layout: Layout, corner: tuple[int, int], lines: Floats
) -> None:
    row, column = corner
    found = BlackRims(layout, SIZE).next_to(lines, face(corner, 20))
    assert found[row + 2 : row + HEIGHT - 2, column + 2 : column + WIDTH - 2].min() > 0.9
    assert found[:, column + WIDTH + 4 :].max() < 0.01


def test_brows_are_not_black(layout: Layout, corner: tuple[int, int], lines: Floats) -> None:
    assert BlackRims(layout, SIZE).next_to(lines, face(corner, 60)).max() == 0


def test_what_no_line_leads_to_belongs_to_no_glasses(
    layout: Layout, corner: tuple[int, int], lines: Floats
) -> None:
    elsewhere = np.roll(lines, 60, axis=0)
    assert BlackRims(layout, SIZE).next_to(elsewhere, face(corner, 20)).max() == 0

from __future__ import annotations

import numpy as np
import pytest

from dlc.arrays import Floats
from dlc.swapping.mesh.foreground.hair import HairFinder
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.tone import TONE_SIZE
from dlc.swapping.mesh.masks import depth_inside

SEEN = np.ones((TONE_SIZE, TONE_SIZE), np.float32)


@pytest.fixture(scope="module")
def finder(layout: Layout) -> HairFinder:
    return HairFinder(layout)


@pytest.fixture
def skin() -> Floats:
    return np.broadcast_to(np.array([110, 140, 190], np.float32), (TONE_SIZE, TONE_SIZE, 3)).copy()


def test_bare_skin_has_no_hair_before_it(finder: HairFinder, skin: Floats) -> None:
    assert finder.find(skin, SEEN).max() == 0.0


@pytest.mark.parametrize("light", [1.0, 0.3])
def test_a_fringe_is_found_in_any_light(
    finder: HairFinder, skin: Floats, layout: Layout, light: float
) -> None:
    top, brow = (round(float(layout.uv[vertex, 1]) * TONE_SIZE) for vertex in (10, 105))
    fringe = (2 * top + brow) // 3
    skin[:fringe] = [25, 30, 35]
    hair = finder.find(skin * np.float32(light), SEEN)
    columns = slice(TONE_SIZE // 2 - 12, TONE_SIZE // 2 + 12)
    assert hair[top + 1 : fringe - 2, columns].min() > 0.9
    assert hair[fringe + 3 :, columns].max() < 0.1


def forehead(layout: Layout) -> tuple[slice, slice]:
    """Return the rows from the hairline to above the brows, and columns around the middle."""
    top, brow = (round(float(layout.uv[vertex, 1]) * TONE_SIZE) for vertex in (10, 105))
    return slice(top + 1, brow - 6), slice(TONE_SIZE // 2 - 12, TONE_SIZE // 2 + 12)


@pytest.mark.parametrize("color", [(40, 70, 220), (150, 90, 190), (90, 150, 70)])
def test_a_fringe_of_another_color_is_found(
    finder: HairFinder, skin: Floats, layout: Layout, color: tuple[int, int, int]
) -> None:
    rows, columns = forehead(layout)
    skin[: rows.stop + 2] = color
    hair = finder.find(skin, SEEN)
    assert hair[rows, columns].min() > 0.9
    assert hair[rows.stop + 6 :, columns].max() < 0.1
    # The same color in a spot is paint or jewelry.
    skin[:] = [110, 140, 190]
    skin[rows.stop - 6 : rows.stop, columns] = color
    assert finder.find(skin, SEEN).max() < 0.1


def test_a_shine_on_the_forehead_is_no_hair(
    finder: HairFinder, skin: Floats, layout: Layout
) -> None:
    rows, columns = forehead(layout)
    dark = skin * np.float32([0.35, 0.5, 0.6])
    dark[: rows.stop, columns] = [150, 160, 175]
    assert finder.find(dark, SEEN)[:, columns].max() < 0.1


def test_dark_eyes_and_a_beard_are_no_hair_in_front(
    finder: HairFinder, skin: Floats, layout: Layout
) -> None:
    for vertex in (33, 133, 362, 263, 13, 14):
        x, y = np.round(layout.uv[vertex] * TONE_SIZE).astype(int)
        skin[y - 3 : y + 4, x - 3 : x + 4] = 10
    inner = depth_inside(layout, TONE_SIZE) > 0.2
    assert finder.find(skin, SEEN)[inner].max() < 0.1


def test_shade_on_the_chin_is_not_kept_but_a_microphone_is(
    finder: HairFinder, skin: Floats, layout: Layout
) -> None:
    x, y = np.round(layout.uv[152] * TONE_SIZE).astype(int)
    chin, inside = (
        (slice(y - 8, y), slice(x - 8, x + 8)),
        (slice(y - 6, y - 2), slice(x - 5, x + 5)),
    )
    skin[chin] *= np.float32(0.3)
    assert finder.find(skin, SEEN)[inside].max() < 0.1
    skin[chin] = 35
    assert finder.find(skin, SEEN)[inside].min() > 0.9


def test_without_color_all_that_is_dark_on_the_chin_is_shade(
    finder: HairFinder, skin: Floats, layout: Layout
) -> None:
    x, y = np.round(layout.uv[152] * TONE_SIZE).astype(int)
    skin[:] = 140
    skin[y - 8 : y, x - 8 : x + 8] = 40
    assert finder.find(skin, SEEN)[y - 6 : y - 2, x - 5 : x + 5].max() < 0.1


def raised_brow(skin: Floats, layout: Layout) -> slice:
    """Paint a brow above its usual place; return the rows of it that belong to the forehead."""
    x, y = np.round(layout.uv[105] * TONE_SIZE).astype(int)
    skin[y - 6 : y + 3, x - 10 : x + 8] = 25
    return slice(y - 6, y - 4)


def test_a_raised_brow_is_no_hair(finder: HairFinder, skin: Floats, layout: Layout) -> None:
    raised_brow(skin, layout)
    assert finder.find(skin, SEEN).max() < 0.1


def test_a_strand_across_a_brow_is_hair(finder: HairFinder, skin: Floats, layout: Layout) -> None:
    rows = raised_brow(skin, layout)
    column = round(float(layout.uv[105, 0]) * TONE_SIZE)
    skin[: rows.stop, column - 2 : column + 3] = 25
    assert finder.find(skin, SEEN)[rows, column].min() > 0.9


def test_a_dark_spot_on_a_cheek_is_no_hair_but_a_lock_from_outside_is(
    finder: HairFinder, skin: Floats, layout: Layout
) -> None:
    row = round(float(layout.uv[1, 1]) * TONE_SIZE)
    columns = np.flatnonzero(depth_inside(layout, TONE_SIZE)[row] > 0)
    outline = int(columns[0])
    skin[row - 4 : row + 4, outline + 7 : outline + 11] = [25, 30, 35]
    assert finder.find(skin, SEEN).max() == 0.0
    skin[row - 4 : row + 4, : outline + 11] = [25, 30, 35]
    assert finder.find(skin, SEEN)[row, outline + 8] > 0.5


def test_in_the_dark_nothing_is_told_apart(finder: HairFinder, skin: Floats) -> None:
    found = finder.find(0 * skin, SEEN)
    assert np.isfinite(found).all()
    assert np.isfinite(finder.find(skin, 0 * SEEN)).all()

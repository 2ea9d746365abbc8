from __future__ import annotations

import numpy as np
import pytest

from dlc.arrays import Flags, Floats
from dlc.compositing.filters import blur, shrink
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.masks import depth_inside
from dlc.swapping.mesh.source.beard import find_beard
from dlc.swapping.mesh.source.photo import ATLAS_SIZE, unwrap_photo
from tests.faces.pictures import Picture
from tests.swapping.mesh.beards import bearded, with_beard
from tests.swapping.mesh.heads import Points
from tests.swapping.mesh.source.rows import row_of

SEEN = np.ones((ATLAS_SIZE, ATLAS_SIZE), np.float32)


@pytest.fixture
def points(layout: Layout) -> Points:
    """Return the vertices in the atlas, in pixels."""
    return (layout.uv * ATLAS_SIZE - 0.5).astype(np.float32)


@pytest.fixture
def inside(points: Points, layout: Layout) -> Flags:
    """Return where the drawn beard is, without its edges and what may be sideburns."""
    beard = bearded(points, layout, SEEN.shape).astype(np.uint8)
    inner = shrink(beard, 12) > 0
    inner[: row_of(layout, 13)] = False
    return inner


@pytest.mark.parametrize("dark", [0.3, 0.6])
def test_a_beard_is_found_where_it_is(
    skin: Floats, points: Points, inside: Flags, layout: Layout, dark: float
) -> None:
    beard = find_beard(with_beard(skin, points, layout, dark=dark), SEEN, layout)
    assert beard[inside].mean() > 0.9
    assert beard[: row_of(layout, 2) - 10].max() < 0.01
    assert beard[depth_inside(layout, ATLAS_SIZE) == 0].max() < 0.7


def test_gray_hair_as_light_as_skin_is_a_beard(
    skin: Floats, points: Points, inside: Flags, layout: Layout
) -> None:
    beard = find_beard(with_beard(skin, points, layout, dark=1.0), SEEN, layout)
    assert beard[inside].mean() > 0.9


def test_shade_is_no_beard(skin: Floats, points: Points, layout: Layout) -> None:
    assert not find_beard(skin, SEEN, layout).any()
    # It has no hairs,
    below = blur(bearded(points, layout, SEEN.shape).astype(np.float32), 12.0)
    shaded = skin * (1 - 0.6 * below[..., None])
    assert not find_beard(shaded, SEEN, layout).any()
    # and falls on the jaw, but hardly under the nose, as wrinkled skin's does.
    wrinkled = with_beard(skin, points, layout)
    above = slice(0, row_of(layout, 14))
    wrinkled[above] = skin[above]
    assert not find_beard(wrinkled, SEEN, layout).any()


def test_in_black_and_white_only_darkness_tells(
    skin: Floats, points: Points, inside: Flags, layout: Layout
) -> None:
    gray = np.repeat(skin.mean(axis=2, keepdims=True), 3, axis=2)
    assert not find_beard(gray, SEEN, layout).any()
    assert find_beard(with_beard(gray, points, layout), SEEN, layout)[inside].mean() > 0.9


def test_the_half_that_was_not_seen_has_the_others_beard(
    skin: Floats, points: Points, inside: Flags, layout: Layout
) -> None:
    texture, seen = with_beard(skin, points, layout), SEEN.copy()
    hidden = slice(ATLAS_SIZE // 2 + 40, None)
    texture[:, hidden], seen[:, hidden] = [0, 255, 0], 0
    beard = find_beard(texture, seen, layout)
    for half in (hidden, slice(0, ATLAS_SIZE // 2)):
        assert beard[:, half][inside[:, half]].mean() > 0.9


def test_people_without_a_beard_have_none(
    everybody: list[tuple[Picture, Points]], layout: Layout
) -> None:
    for photo, landmarks in everybody:
        view = unwrap_photo(layout, photo, landmarks)
        assert not find_beard(view.texture, view.seen, layout).any()

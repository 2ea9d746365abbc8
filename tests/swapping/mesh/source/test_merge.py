from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dlc.arrays import Floats
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.masks import skin_mask
from dlc.swapping.mesh.source.merge import merge_views
from dlc.swapping.mesh.source.photo import ATLAS_SIZE, PhotoView, unwrap_photo
from tests.faces.pictures import Picture
from tests.swapping.mesh.heads import Points, turned_photo

MIDDLE = ATLAS_SIZE // 2


def flat_view(color: tuple[float, float, float], seen: Floats, fineness: float = 1.0) -> PhotoView:
    texture = np.broadcast_to(np.array(color, np.float32), (ATLAS_SIZE, ATLAS_SIZE, 3)).copy()
    shape = np.zeros((468, 3), np.float32)
    return PhotoView(texture, seen, seen, shape, None, fineness, 0, False, None)


def half(side: str) -> Floats:
    seen = np.zeros((ATLAS_SIZE, ATLAS_SIZE), np.float32)
    seen[:, slice(MIDDLE + 60) if side == "left" else slice(MIDDLE - 60, None)] = 1.0
    return seen


def test_a_single_photo_stays_as_it_is() -> None:
    view = flat_view((10, 20, 30), half("left"))
    texture, seen = merge_views([view])
    np.testing.assert_array_equal(texture, view.texture)
    np.testing.assert_array_equal(seen, view.seen)


def test_together_photos_show_what_any_of_them_shows() -> None:
    views = [flat_view((90, 110, 140), half("left")), flat_view((90, 110, 140), half("right"))]
    texture, seen = merge_views(views)
    assert seen.min() == 1.0
    np.testing.assert_allclose(texture[..., 1], 110, rtol=1e-3)


def test_the_others_take_the_light_of_the_first() -> None:
    views = [flat_view((90, 110, 140), half("left")), flat_view((45, 80, 120), half("right"))]
    texture, _ = merge_views(views)
    np.testing.assert_allclose(texture, views[0].texture, rtol=0.02)


def test_where_all_see_as_well_the_first_is_taken_alone() -> None:
    noise = np.random.default_rng(0).normal(0, 20, (ATLAS_SIZE, ATLAS_SIZE, 3)).astype(np.float32)
    full = np.ones((ATLAS_SIZE, ATLAS_SIZE), np.float32)
    first = flat_view((100, 120, 140), full)
    second = replace(first, texture=first.texture + noise)
    texture, _ = merge_views([first, second])
    np.testing.assert_allclose(texture, first.texture, atol=0.1)


def test_a_much_finer_photo_is_preferred() -> None:
    full = np.ones((ATLAS_SIZE, ATLAS_SIZE), np.float32)
    coarse, fine = flat_view((100, 100, 100), full, 0.3), flat_view((100, 100, 100), full, 1.0)
    fine.texture[::2] += 10
    texture, _ = merge_views([coarse, fine])
    assert np.abs(np.diff(texture, axis=0)).mean() > 8


@pytest.fixture(scope="module")
def frontal(portrait: Picture, portrait_mesh: Points, layout: Layout) -> PhotoView:
    return unwrap_photo(layout, portrait, portrait_mesh)


def test_two_three_quarter_views_make_up_a_frontal_one(
    frontal: PhotoView, portrait: Picture, portrait_mesh: Points, layout: Layout
) -> None:
    sides = [
        unwrap_photo(layout, *turned_photo(portrait, portrait_mesh, layout, yaw))
        for yaw in (-40, 40)
    ]
    sides.sort(key=lambda view: view.worth, reverse=True)
    face = skin_mask(layout, ATLAS_SIZE) * frontal.seen > 0.8

    def error(texture: Floats) -> float:
        return float(np.abs(texture - frontal.texture)[face].mean())

    texture, seen = merge_views(sides)
    assert error(texture) < 0.8 * min(error(view.texture) for view in sides)
    assert seen[face].mean() > max(view.seen[face].mean() for view in sides) + 0.05

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.tone import ToneMeter
from dlc.swapping.mesh.masks import depth_inside, rings_mask, skin_mask
from dlc.swapping.mesh.source.photo import ATLAS_SIZE
from dlc.swapping.mesh.source.source import SourceModel, build_source
from dlc.swapping.mesh.source.texture import SourceTexture
from tests.faces.pictures import Picture
from tests.swapping.mesh.beards import bearded
from tests.swapping.mesh.heads import Points, turned_photo


def test_a_source_is_complete(portrait_source: SourceModel, layout: Layout) -> None:
    source = portrait_source
    assert source.texture.shape == (ATLAS_SIZE, ATLAS_SIZE, 3)
    for array in (source.texture, source.trust, source.facing, source.shape):
        assert array.dtype == np.float32
        assert np.isfinite(array).all()
    face = depth_inside(layout, ATLAS_SIZE) > 0.02
    assert source.texture[face].min() > -20
    # A frontal photo is trusted nearly everywhere but in the shade of the hair.
    assert source.trust[skin_mask(layout, ATLAS_SIZE) > 0.9].mean() > 0.65


def test_the_shape_is_the_persons_own_without_pose(
    portrait_source: SourceModel, layout: Layout
) -> None:
    shape = portrait_source.shape
    assert shape.shape == (468, 3)
    assert 0.8 < np.ptp(shape[layout.topology.face_oval, 0]) < 1.2
    assert 0.02 < np.abs(shape - layout.mean_face).max() < 0.25


def test_more_photos_show_more(portrait: Picture, portrait_mesh: Points, layout: Layout) -> None:
    left, right = (turned_photo(portrait, portrait_mesh, layout, yaw) for yaw in (-40, 40))
    alone = build_source([left], layout)
    both = build_source([left, right], layout)
    skin = skin_mask(layout, ATLAS_SIZE) > 0.9
    assert both.trust[skin].mean() >= alone.trust[skin].mean() - 0.01
    assert both.facing[skin].mean() >= alone.facing[skin].mean() - 0.01
    np.testing.assert_allclose(both.shape, alone.shape, atol=0.08)


def test_the_order_of_the_photos_does_not_matter(
    portrait: Picture, portrait_mesh: Points, layout: Layout
) -> None:
    photos = [(portrait, portrait_mesh), turned_photo(portrait, portrait_mesh, layout, 35)]
    first, second = build_source(photos, layout), build_source(photos[::-1], layout)
    np.testing.assert_allclose(first.texture, second.texture, atol=0.1)
    np.testing.assert_allclose(first.shape, second.shape, atol=1e-5)


def test_skin_is_made_up_under_a_strand_over_a_cheek_and_shows(
    portrait: Picture, portrait_mesh: Points, layout: Layout, portrait_source: SourceModel
) -> None:
    # From the temple to the jaw, and from the oval a fifth of the face inwards.
    ring = [127, 234, 93, 132, 187, 117, 111]
    bgr = portrait.bgr.copy()
    cv2.fillPoly(bgr, [np.asarray(portrait_mesh[ring, :2], np.int32)], (45, 60, 85))
    source = build_source([(Picture(bgr), portrait_mesh)], layout)
    cheek = rings_mask(layout, ATLAS_SIZE, [ring]) * (depth_inside(layout, ATLAS_SIZE) > 0.1) > 0.5
    assert source.texture[cheek].mean() > 0.85 * portrait_source.texture[cheek].mean()
    assert source.trust[cheek].mean() > 0.55


def test_a_beard_stays_dark_and_gray_and_shows(
    bearded_source: SourceModel, layout: Layout, portrait_source: SourceModel
) -> None:
    source = bearded_source
    points = (layout.uv * ATLAS_SIZE - 0.5).astype(np.float32)
    inside = bearded(points, layout, source.trust.shape) & (source.beard > 0.9)
    assert inside.mean() > 0.04
    assert source.trust[inside].mean() > 0.9
    before, after = (each.texture[inside].mean(axis=0) for each in (portrait_source, source))
    assert after.mean() < 0.6 * before.mean()
    assert np.ptp(after) / after.mean() < 0.3 * np.ptp(before) / before.mean()


def test_a_beard_is_no_lack_of_light(
    bearded_source: SourceModel, layout: Layout, portrait_source: SourceModel
) -> None:
    source = bearded_source
    taken_for_skin = replace(source, beard=np.zeros_like(source.beard))
    chin = (slice(90, 110), slice(54, 74))
    bare, light, wrong = (
        SourceTexture(each, layout, ToneMeter(layout)).tone.light[chin].mean()
        for each in (portrait_source, source, taken_for_skin)
    )
    assert light > 0.9 * bare
    assert wrong < 0.7 * bare


def test_the_irises_color_comes_from_a_photo_that_shows_it(
    portrait: Picture, portrait_mesh: Points, layout: Layout, portrait_source: SourceModel
) -> None:
    gray = cv2.cvtColor(cv2.cvtColor(portrait.bgr, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    black_and_white = (Picture(np.asarray(gray, np.uint8)), portrait_mesh)
    assert build_source([black_and_white], layout).iris is None
    both = build_source([black_and_white, (portrait, portrait_mesh)], layout)
    assert both.iris is not None
    assert portrait_source.iris is not None
    np.testing.assert_allclose(both.iris, portrait_source.iris, atol=1e-3)

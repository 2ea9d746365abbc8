from __future__ import annotations

import cv2
import numpy as np
import pytest

from dlc.arrays import Floats
from dlc.compositing.filters import blur
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.tone import LUMA
from dlc.swapping.mesh.masks import depth_inside, skin_mask
from dlc.swapping.mesh.source.photo import ATLAS_SIZE
from dlc.swapping.mesh.source.repair import (
    diffuse,
    even_tint,
    mirror_fill,
    skin_likeness,
    without_glasses,
)

MIDDLE = ATLAS_SIZE // 2
FULL = np.ones((ATLAS_SIZE, ATLAS_SIZE), np.float32)


@pytest.fixture
def skin() -> Floats:
    """Return a texture of slightly grainy skin."""
    grain = np.random.default_rng(0).normal(1.0, 0.03, (ATLAS_SIZE, ATLAS_SIZE, 1))
    return (np.array([110, 140, 190]) * grain).astype(np.float32)


def row_of(layout: Layout, vertex: int) -> int:
    return round(float(layout.uv[vertex, 1]) * ATLAS_SIZE)


def test_skin_is_like_skin(skin: Floats, layout: Layout) -> None:
    face = depth_inside(layout, ATLAS_SIZE) > 0.01
    assert skin_likeness(skin, layout)[face].min() > 0.9


def test_a_fringe_is_not_like_skin(skin: Floats, layout: Layout) -> None:
    brow, top = row_of(layout, 105), row_of(layout, 10)
    fringe = (2 * top + brow) // 3
    skin[:fringe] = [20, 25, 30]
    alike = skin_likeness(skin, layout)
    columns = slice(MIDDLE - 60, MIDDLE + 60)
    assert alike[top + 4 : fringe, columns].max() < 0.2
    assert alike[brow + 20 : row_of(layout, 152) - 60, columns].min() > 0.8


def test_dark_hair_that_hangs_over_a_cheek_is_not_like_skin(skin: Floats, layout: Layout) -> None:
    depth = depth_inside(layout, ATLAS_SIZE)
    eye, nose = row_of(layout, 33), row_of(layout, 2)
    rows = slice(eye + (nose - eye) // 3, eye + 2 * (nose - eye) // 3)
    corner = round(float(layout.uv[33, 0]) * ATLAS_SIZE)
    skin[:, : corner + 8] = [20, 25, 30]
    alike = skin_likeness(skin, layout)[rows, :corner]
    # Farther inside than where anything may be in front of the face.
    hung = depth[rows, :corner] > 0.18
    assert np.count_nonzero(hung) > 100
    assert alike[hung].mean() < 0.35
    # The other cheek has none.
    assert skin_likeness(skin, layout)[rows, ATLAS_SIZE - corner :].mean() > 0.9


def test_a_mustache_and_a_shaded_nose_stay_the_faces(skin: Floats, layout: Layout) -> None:
    lip, side = row_of(layout, 2), MIDDLE + 25
    skin[lip + 4 : lip + 24, MIDDLE - 60 : MIDDLE + 60] = [20, 25, 30]
    skin[row_of(layout, 168) : lip, side : side + 20] = [40, 50, 70]
    alike = skin_likeness(skin, layout)
    assert alike[row_of(layout, 168) : lip + 20, MIDDLE - 40 : MIDDLE + 45].min() > 0.9


def test_shade_over_half_a_face_is_still_skin(skin: Floats, layout: Layout) -> None:
    light = 1.0 - 0.5 * np.clip((np.arange(ATLAS_SIZE) - 180) / 150, 0, 1)
    shaded = (skin * light[None, :, None]).astype(np.float32)
    face = depth_inside(layout, ATLAS_SIZE) > 0.05
    assert skin_likeness(shaded, layout)[face].mean() > 0.9


def test_a_hidden_half_is_filled_from_the_other(skin: Floats) -> None:
    skin[100:140, 100:140] = [40, 60, 160]  # a mark on the left
    texture = skin.copy()
    texture[:, MIDDLE:] = [0, 255, 0]
    known = FULL.copy()
    known[:, MIDDLE:] = 0.0
    filled, trusted = mirror_fill(texture, known)
    mirrored = filled[105:135, ATLAS_SIZE - 135 : ATLAS_SIZE - 105]
    np.testing.assert_allclose(mirrored.mean(axis=(0, 1)), [40, 60, 160], rtol=0.05)
    assert trusted[:, MIDDLE + 30 :].min() > 0.95
    np.testing.assert_array_equal(filled[:, :200], texture[:, :200])


def test_a_face_known_on_both_sides_is_not_mirrored(skin: Floats) -> None:
    filled, trusted = mirror_fill(skin, FULL)
    np.testing.assert_array_equal(filled, skin)
    np.testing.assert_array_equal(trusted, FULL)


def test_holes_are_filled_from_around_them(skin: Floats) -> None:
    texture, known = skin.copy(), FULL.copy()
    texture[200:260, 200:260] = [255, 0, 0]
    known[195:265, 195:265] = 0.0
    filled = diffuse(texture, known)
    np.testing.assert_allclose(filled[230, 230], [110, 140, 190], rtol=0.05)
    np.testing.assert_allclose(filled[:150], texture[:150], atol=1e-2)


@pytest.mark.parametrize(("gray", "left"), [(20, 0.7), (250, 0.5)])
def test_thin_rims_are_taken_off_but_at_the_nose_and_brows(
    skin: Floats, layout: Layout, gray: int, left: float
) -> None:
    worn = skin.copy()
    for eye, outwards in ((layout.topology.left_eye, -1), (layout.topology.right_eye, 1)):
        x, y = np.round(layout.uv[eye].mean(axis=0) * ATLAS_SIZE).astype(int).tolist()
        middle = x + 10 * outwards, y + 8
        cv2.ellipse(worn, middle, (74, 72), 0, 0, 360, (gray, gray, gray), 4, cv2.LINE_AA)
    cheeks = slice(row_of(layout, 159), row_of(layout, 50))
    before, after = (
        np.abs(each - skin)[cheeks].mean() for each in (worn, without_glasses(worn, layout))
    )
    assert after < left * before


def test_without_rims_nothing_changes(skin: Floats, layout: Layout) -> None:
    np.testing.assert_array_equal(without_glasses(skin, layout), skin)


def test_blotches_of_tint_are_evened_out_at_the_same_luma(skin: Floats, layout: Layout) -> None:
    blotchy = skin.copy()
    cheek = (slice(280, 330), slice(120, 170))
    blotchy[cheek] *= np.array([0.8, 0.95, 1.15], np.float32)
    evened = even_tint(blotchy, FULL, layout)
    np.testing.assert_allclose(evened @ LUMA, blotchy @ LUMA, rtol=0.01)

    def off(texture: Floats) -> float:
        tint = texture[cheek] / (texture[cheek] @ LUMA)[..., None]
        even = skin[cheek] / (skin[cheek] @ LUMA)[..., None]
        return float(np.abs(tint - even).mean())

    assert off(evened) < 0.6 * off(blotchy)
    lips = skin_mask(layout, ATLAS_SIZE) == 0.0
    np.testing.assert_allclose(evened[lips], blotchy[lips], rtol=1e-3)


def test_nothing_turns_into_nan(layout: Layout) -> None:
    for level in (0.0, 255.0):
        texture = np.full((ATLAS_SIZE, ATLAS_SIZE, 3), level, np.float32)
        known = blur(FULL * (np.arange(ATLAS_SIZE) < 300), 5.0).astype(np.float32)
        filled, trusted = mirror_fill(texture, known * skin_likeness(texture, layout))
        assert np.isfinite(even_tint(diffuse(filled, trusted), trusted, layout)).all()

from __future__ import annotations

import numpy as np

from dlc.arrays import Floats
from dlc.compositing.filters import blur
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.tone import LUMA
from dlc.swapping.mesh.masks import skin_mask
from dlc.swapping.mesh.source.photo import ATLAS_SIZE
from dlc.swapping.mesh.source.repair import diffuse, even_tint, mirror_fill, mirror_known
from dlc.swapping.mesh.source.skin_likeness import skin_likeness

MIDDLE = ATLAS_SIZE // 2
FULL = np.ones((ATLAS_SIZE, ATLAS_SIZE), np.float32)


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


def test_what_will_be_known_is_what_mirroring_makes_known(skin: Floats) -> None:
    known = blur(FULL * (np.arange(ATLAS_SIZE) < 300), 5.0).astype(np.float32)
    for each in (known, FULL):
        np.testing.assert_array_equal(mirror_known(each), mirror_fill(skin, each)[1])


def test_holes_are_filled_from_around_them(skin: Floats) -> None:
    texture, known = skin.copy(), FULL.copy()
    texture[200:260, 200:260] = [255, 0, 0]
    known[195:265, 195:265] = 0.0
    filled = diffuse(texture, known)
    np.testing.assert_allclose(filled[230, 230], [110, 140, 190], rtol=0.05)
    np.testing.assert_allclose(filled[:150], texture[:150], atol=1e-2)


def test_features_do_not_go_on_in_what_is_unknown(skin: Floats) -> None:
    texture, known, plain = skin.copy(), FULL.copy(), FULL.copy()
    known[:200] = 0.0
    brow = (slice(200, 220), slice(150, 360))
    texture[brow], plain[brow] = [20, 30, 40], 0.0
    filled = diffuse(texture, known, plain)
    np.testing.assert_allclose(
        filled[150:190, 150:360].mean(axis=(0, 1)), [110, 140, 190], rtol=0.05
    )
    np.testing.assert_allclose(filled[brow], texture[brow], atol=1e-2)
    assert diffuse(texture, known)[150:190, 150:360].mean() < 0.8 * filled[150:190, 150:360].mean()


def test_blotches_of_tint_are_evened_out_at_the_same_luma(skin: Floats, layout: Layout) -> None:
    blotchy = skin.copy()
    cheek = (slice(280, 330), slice(120, 170))
    blotchy[cheek] *= np.array([0.8, 0.95, 1.15], np.float32)
    evened = even_tint(blotchy, FULL, skin_mask(layout, ATLAS_SIZE))
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
        filled, trusted = mirror_fill(texture, known * skin_likeness(texture, layout)[0])
        evened = even_tint(diffuse(filled, trusted), trusted, skin_mask(layout, ATLAS_SIZE))
        assert np.isfinite(evened).all()

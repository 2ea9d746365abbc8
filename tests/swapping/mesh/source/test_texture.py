from __future__ import annotations

import tracemalloc
from dataclasses import replace

import cv2
import numpy as np
import pytest

from dlc.arrays import Bytes, Floats
from dlc.compositing.filters import resize
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.lips import lips_mask
from dlc.swapping.mesh.light.tone import LUMA, TONE_SIZE, ToneMeter
from dlc.swapping.mesh.masks import depth_inside, feathered_face
from dlc.swapping.mesh.source.source import SourceModel
from dlc.swapping.mesh.source.texture import Look, SourceTexture

AS_IT_IS = np.ones((TONE_SIZE, TONE_SIZE, 3), np.float32)
SAME_COLOR = np.eye(3, 5, dtype=np.float32)
SAME_LIPS = np.ones(3, np.float32)
STILL = np.zeros(2, np.float32)
SIZE = 256


@pytest.fixture(scope="module")
def texture(portrait_source: SourceModel, layout: Layout) -> SourceTexture:
    return SourceTexture(portrait_source, layout, ToneMeter(layout))


def painted(
    texture: SourceTexture,
    gain: Floats = AS_IT_IS,
    contrast: float = 1.0,
    color: Floats = SAME_COLOR,
    sharpness: float = 1.0,
    softness: Floats = STILL,
    kept: Floats | None = None,
    folds: float = 1.0,
    lips: Floats = SAME_LIPS,
) -> Bytes:
    look = Look(gain, contrast, folds, color, lips, sharpness, softness, close_up=0.0)
    return texture.paint(SIZE, look, kept)


def test_unchanged_light_gives_the_source_back(
    texture: SourceTexture, portrait_source: SourceModel
) -> None:
    skin = painted(texture)
    assert skin.shape == (SIZE, SIZE, 4)
    assert skin.dtype == np.uint8
    expected = np.clip(resize(portrait_source.texture, (SIZE, SIZE)), 0, 255)
    np.testing.assert_allclose(skin[..., :3], expected, atol=0.51)


@pytest.mark.parametrize("share", [0.0, 0.4])
def test_folds_are_smoothed_out(
    texture: SourceTexture, portrait_source: SourceModel, share: float
) -> None:
    smoother = portrait_source.texture + (1 - share) * portrait_source.folds
    expected = np.clip(resize(smoother, (SIZE, SIZE)), 0, 255)
    assert portrait_source.folds.max() > 20
    np.testing.assert_allclose(painted(texture, folds=share)[..., :3], expected, atol=0.51)


def test_folds_leave_no_trace_in_another_color(
    portrait_source: SourceModel, layout: Layout
) -> None:
    """Nor in other sharpness: smoothed skin is painted as if there had never been a fold."""
    color = SAME_COLOR.copy()
    color[:, 3:] = [(0.5, -0.2), (0.2, 0.1), (-0.3, 0.3)]
    before, folds = portrait_source.texture, portrait_source.folds
    deep = replace(portrait_source, texture=before - folds, folds=2 * folds)
    never = replace(portrait_source, texture=before + folds, folds=0 * folds)
    textures = [SourceTexture(each, layout, ToneMeter(layout)) for each in (deep, never)]
    textures[1].tone = textures[0].tone
    seen, expected = (
        painted(each, color=color, sharpness=0.6, folds=0.0).astype(int) for each in textures
    )
    folded = resize(folds, (SIZE, SIZE)).max(axis=2) > 10
    assert folded.sum() > 100
    assert np.abs(seen - expected)[folded].max() <= 1


def test_only_sizes_in_use_take_memory(portrait_source: SourceModel, layout: Layout) -> None:
    tracemalloc.start()
    try:
        texture = SourceTexture(portrait_source, layout, ToneMeter(layout))
        before = tracemalloc.get_traced_memory()[0]
        first, again = painted(texture), painted(texture)
        per_pixel = (tracemalloc.get_traced_memory()[0] - before) / SIZE**2
    finally:
        tracemalloc.stop()
    assert before < 2**20
    # Fifteen floats and a byte of the source, six floats of its folds, and what was painted twice.
    assert 61 < per_pixel - 2 * 4 < 68
    np.testing.assert_array_equal(again, first)


def test_gain_multiplies_the_light(texture: SourceTexture) -> None:
    gain = AS_IT_IS * np.array([0.5, 0.4, 0.3], np.float32)
    plain, dark = painted(texture).astype(np.float32), painted(texture, gain)
    inside = (plain[..., :3] > 0).all(axis=2) & (plain[..., :3] < 255).all(axis=2)
    np.testing.assert_allclose(
        dark[..., :3][inside], (plain[..., :3] * [0.5, 0.4, 0.3])[inside], atol=1.5
    )


def test_lips_get_a_color_of_their_own(texture: SourceTexture, layout: Layout) -> None:
    factor = np.array([0.6, 0.7, 0.9], np.float32)
    plain, redder = painted(texture), painted(texture, lips=factor)
    lips = lips_mask(layout, SIZE)
    for mask, expected in ((lips > 0.99, factor), (lips == 0, SAME_LIPS)):
        np.testing.assert_allclose(redder[mask][:, :3], plain[mask][:, :3] * expected, atol=1.5)


def test_softness_is_a_blur(texture: SourceTexture, layout: Layout) -> None:
    radius = np.array([0.02, 0.01], np.float32)
    sharp, soft = painted(texture), painted(texture, softness=radius)
    along, down = (radius * SIZE * layout.face_width).tolist()
    expected = cv2.GaussianBlur(sharp[..., :3].astype(np.float32), (0, 0), along, sigmaY=down)
    np.testing.assert_allclose(soft[..., :3], expected, atol=1)
    np.testing.assert_array_equal(soft[..., 3], sharp[..., 3])


def test_shine_does_not_grow_with_lighter_skin(
    portrait_source: SourceModel, layout: Layout
) -> None:
    size = portrait_source.texture.shape[0]
    dark = portrait_source.texture * np.float32(0.15)
    nose, cheek = np.round(layout.uv[[4, 50]] * size).astype(int)
    gleam = np.zeros(dark.shape[:2], np.float32)
    gleam[nose[1] - 6 : nose[1] + 7, nose[0] - 6 : nose[0] + 7] = 60.0
    shiny, dull = (
        SourceTexture(replace(portrait_source, texture=texture), layout, ToneMeter(layout))
        for texture in (dark + gleam[..., None], dark)
    )

    def gleams(gain: float) -> Floats:
        with_it, without = (
            painted(each, gain * AS_IT_IS).astype(np.float32) for each in (shiny, dull)
        )
        return (with_it - without)[..., :3].mean(axis=2)

    y, x = nose[::-1] * SIZE // size
    assert gleams(1.0)[y, x] == pytest.approx(60, abs=8)
    assert gleams(0.5)[y, x] == pytest.approx(30, abs=4)
    # Multiplied like the skin it would be brighter by 180.
    assert 45 < gleams(3.0)[y, x] < 75
    y, x = cheek[::-1] * SIZE // size
    assert abs(gleams(3.0)[y, x]) < 8


def test_too_much_light_is_white_and_none_is_black(texture: SourceTexture) -> None:
    assert painted(texture, 1000 * AS_IT_IS)[SIZE // 2, SIZE // 2, :3].min() == 255
    assert painted(texture, 0 * AS_IT_IS)[..., :3].max() == 0


def test_contrast_and_sharpness_change_the_detail(texture: SourceTexture, layout: Layout) -> None:
    face = depth_inside(layout, SIZE) > 0.05

    def spread(skin: Bytes) -> float:
        return float(skin[..., 1][face].std())

    def grain(skin: Bytes) -> float:
        return float(np.abs(np.diff(skin[..., 1].astype(np.float32), axis=1))[face[:, 1:]].mean())

    plain = painted(texture)
    assert spread(painted(texture, contrast=0.5)) < 0.8 * spread(plain)
    assert grain(painted(texture, sharpness=1.5)) > 1.1 * grain(plain)
    assert grain(painted(texture, sharpness=0.5)) < 0.95 * grain(plain)


def test_colors_of_the_detail_are_mixed_and_those_of_the_light_are_not(
    texture: SourceTexture, layout: Layout
) -> None:
    gray = np.zeros((3, 5), np.float32)
    gray[:, :3] = LUMA
    face = depth_inside(layout, SIZE) > 0.05
    light = resize(texture.tone.light, (SIZE, SIZE))[face]
    mixed = painted(texture, color=gray)[..., :3][face]
    clipped = (mixed.min(axis=1) == 0) | (mixed.max(axis=1) == 255)
    assert np.ptp((mixed - light)[~clipped], axis=1).max() < 1.01  # rounded
    assert np.ptp(painted(texture)[..., :3][face] - light, axis=1).max() > 20.0


def test_it_is_opaque_inside_the_face_only(texture: SourceTexture, layout: Layout) -> None:
    opacity = painted(texture)[..., 3].astype(np.float32) / 255
    assert (opacity <= feathered_face(layout, SIZE, 0.005, 0.005) + 0.01).all()
    nose = np.round(layout.uv[1] * SIZE).astype(int)
    assert opacity[nose[1], nose[0]] == 1.0


def test_what_is_kept_is_transparent(texture: SourceTexture) -> None:
    kept = np.zeros((64, 64), np.float32)
    kept[:32] = 1.0
    plain, covered = painted(texture)[..., 3], painted(texture, kept=kept)[..., 3]
    assert covered[: SIZE // 2 - 8].max() == 0
    np.testing.assert_array_equal(covered[SIZE // 2 + 8 :], plain[SIZE // 2 + 8 :])


def test_larger_faces_get_a_finer_texture(texture: SourceTexture, layout: Layout) -> None:
    sizes = [texture.size_for(width) for width in range(5, 2000, 5)]
    assert (np.diff(sizes) >= 0).all()
    assert sizes[-1] == 512  # as fine as the atlas, and no finer
    for width, size in zip(range(5, 400, 5), sizes, strict=False):
        assert size * layout.face_width > 0.8 * width

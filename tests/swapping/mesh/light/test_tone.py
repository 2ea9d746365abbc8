from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlc.arrays import Floats
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.tone import (
    LUMA,
    TONE_SIZE,
    Tone,
    ToneMeter,
    color_matrix,
    colored,
    contrast_factor,
    depth_and_height,
    tone_gain,
)
from dlc.swapping.mesh.masks import skin_mask

SEEN = np.ones((TONE_SIZE, TONE_SIZE), np.float32)


@pytest.fixture(scope="module")
def meter(layout: Layout) -> ToneMeter:
    return ToneMeter(layout)


@pytest.fixture(scope="module")
def skin() -> Floats:
    """Return skin-colored noise with a soft light from the left."""
    grain = np.random.default_rng(0).normal(1.0, 0.05, (TONE_SIZE, TONE_SIZE, 1))
    light = np.linspace(0.7, 1.0, TONE_SIZE)[None, :, None]
    return (np.array([100, 130, 180]) * grain * light).astype(np.float32)


# Hues of skin, B, G and R, by how far they are from gray.
HUE = np.array([-0.45, -0.1, 0.37], np.float32)
HUE -= float(HUE @ LUMA)
SATURATIONS = st.floats(0.2, 1.4)


def tinted(saturation: float, luma: float = 120.0) -> Tone:
    """Return the tone of even skin."""
    tint: Floats = 1 + HUE * np.float32(saturation)
    return Tone(np.broadcast_to(luma * tint, (TONE_SIZE, TONE_SIZE, 3)), tint, 0.1, tint)


def repainted(pixel: Floats, target: Tone, source: Tone) -> Floats:
    """Return what becomes of a pixel (3,) of the source."""
    light = source.light[0, 0]
    detail = np.asarray(pixel - light)[None, None]
    parts = np.dstack([detail, depth_and_height(detail, light[None, None])])
    detail = color_matrix(target, source) @ parts[0, 0]
    painted: Floats = (light + detail) * tone_gain(target, source)[0, 0]
    return painted


def on_skin(image: Floats, layout: Layout) -> Floats:
    return image[skin_mask(layout, TONE_SIZE) > 0.9]


@given(gain=st.tuples(*[st.floats(0.1, 1.4)] * 3))
def test_the_source_under_a_gain_comes_back_as_that_gain(
    layout: Layout, meter: ToneMeter, skin: Floats, gain: tuple[float, float, float]
) -> None:
    source = meter.measure(skin, SEEN)
    target = meter.measure(skin * np.array(gain, np.float32), SEEN)
    found = on_skin(tone_gain(target, source), layout)
    # Blue, green and red of dark skin are less certain: luma is floored in the dark.
    np.testing.assert_allclose(found, np.broadcast_to(gain, found.shape), rtol=0.02)
    assert contrast_factor(target, source) == pytest.approx(1.0, abs=0.05)


def test_light_is_smooth_and_the_skins_own(layout: Layout, meter: ToneMeter, skin: Floats) -> None:
    light = meter.measure(skin, SEEN).light
    assert light.shape == (TONE_SIZE, TONE_SIZE, 3)
    assert light.dtype == np.float32
    on_both = skin_mask(layout, TONE_SIZE)[:, 1:] > 0.9
    assert np.abs(np.diff(light, axis=1))[on_both].max() < 2.0
    np.testing.assert_allclose(
        on_skin(light, layout).mean(axis=0), on_skin(skin, layout).mean(axis=0), rtol=0.02
    )


def test_what_is_not_seen_does_not_count(layout: Layout, meter: ToneMeter, skin: Floats) -> None:
    hidden = skin.copy()
    hidden[:, TONE_SIZE // 2 :] = [255, 0, 0]
    seen = SEEN.copy()
    seen[:, TONE_SIZE // 2 :] = 0.0
    light = meter.measure(hidden, seen).light
    left = light[:, : TONE_SIZE // 2]
    np.testing.assert_allclose(
        left[skin_mask(layout, TONE_SIZE)[:, : TONE_SIZE // 2] > 0.9].mean(axis=0),
        on_skin(meter.measure(skin, SEEN).light, layout).mean(axis=0),
        rtol=0.2,
    )


def test_more_contrast_asks_for_more(meter: ToneMeter, skin: Floats) -> None:
    mean = skin.mean(axis=(0, 1))
    flat, plain = meter.measure(mean + (skin - mean) * 0.3, SEEN), meter.measure(skin, SEEN)
    assert contrast_factor(plain, flat) > 1.05
    assert contrast_factor(flat, plain) < 0.95


def shaded(skin: Floats, shade: tuple[float, float, float], layout: Layout) -> Floats:
    """Return even skin with blotches that are darker by so much of each channel."""
    y, x = np.mgrid[:TONE_SIZE, :TONE_SIZE]
    depth = 20 * np.sin(x / 3) * np.sin(y / 4) * skin_mask(layout, TONE_SIZE)
    color = np.array(shade) / float(np.array(shade) @ LUMA)
    even: Floats = np.broadcast_to(skin.mean(axis=(0, 1)), skin.shape)
    return (even + depth[..., None] * color).astype(np.float32)


@pytest.mark.parametrize("shade", [(1.1, 1.05, 0.9), (0.9, 1.0, 1.05), (1.3, 1.1, 0.7)])
def test_the_color_of_shade_is_found(
    shade: tuple[float, float, float], layout: Layout, meter: ToneMeter, skin: Floats
) -> None:
    found = meter.measure(shaded(skin, shade, layout), SEEN).shade
    # The skin's tint counts for a little, as there may be noise.
    np.testing.assert_allclose(found, np.array(shade) / float(np.array(shade) @ LUMA), atol=0.1)
    assert float(found @ LUMA) == pytest.approx(1, abs=1e-5)


def test_what_is_grayer_than_less_light_is_no_shade_of_skin(
    layout: Layout, meter: ToneMeter, skin: Floats
) -> None:
    tone = meter.measure(shaded(skin, (0.3, 0.9, 1.6), layout), SEEN)
    np.testing.assert_allclose(tone.shade, tone.tint / float(tone.tint @ LUMA), atol=0.02)


def test_even_skin_has_the_shade_of_less_light(meter: ToneMeter, skin: Floats) -> None:
    tone = meter.measure(np.broadcast_to(skin.mean(axis=(0, 1)), skin.shape), SEEN)
    np.testing.assert_allclose(tone.shade, tone.tint, atol=0.02)


# Of shade beside light, in steady luma: B loses more than the others.
SATURATED = np.array([0.6, 0.11, -0.44], np.float32)


@pytest.mark.parametrize(("difference", "followed", "most"), [(0.3, 0.5, 40), (0.9, 1.0, 0)])
@given(depth=st.floats(-30.0, 40.0), source=SATURATIONS, target=SATURATIONS)
def test_shade_follows_the_targets_more_where_light_bleaches(
    difference: float, followed: float, most: float, depth: float, source: float, target: float
) -> None:
    depth = min(depth, most)
    own, theirs = tinted(source), tinted(target)
    apart = SATURATED * np.float32(difference)
    after = replace(theirs, shade=theirs.tint + apart)
    dark = own.light[0, 0] + np.float32(depth) * own.shade
    painted = repainted(dark, after, own) - after.light[0, 0]
    expected = depth * (after.tint + followed * apart)
    np.testing.assert_allclose(painted, expected, atol=1e-2 + 1e-3 * abs(depth))


@given(height=st.floats(0.0, 40.0), source=SATURATIONS, target=SATURATIONS)
def test_what_is_brighter_than_bleached_skin_gets_its_tint(
    height: float, source: float, target: float
) -> None:
    own, theirs = tinted(source), tinted(target)
    before, after = (
        replace(tone, shade=tone.tint + np.float32(far) * SATURATED)
        for tone, far in ((own, 0.4), (theirs, 0.9))
    )
    painted = repainted(own.light[0, 0] + np.float32(height) * own.tint, after, before)
    expected = theirs.light[0, 0] + np.float32(height) * theirs.tint
    np.testing.assert_allclose(painted, expected, rtol=1e-3)


@given(height=st.floats(0.0, 40.0), source=SATURATIONS, share=st.floats(0.0, 1.0))
def test_white_highlights_stay_white_on_bleached_skin(
    height: float, source: float, share: float
) -> None:
    own, theirs = tinted(source), tinted(source * share)
    bleached = replace(theirs, shade=theirs.tint + np.float32(0.9) * SATURATED)
    painted = repainted(own.light[0, 0] + np.float32(height), bleached, own)
    np.testing.assert_allclose(painted - theirs.light[0, 0], height, atol=1e-3 * (120 + height))


@given(luma=st.floats(30.0, 220.0), source=SATURATIONS, share=st.floats(0.0, 1.0))
def test_gray_stays_gray_on_paler_skin(luma: float, source: float, share: float) -> None:
    gray = np.full(3, luma, np.float32)
    painted = repainted(gray, tinted(source * share), tinted(source))
    np.testing.assert_allclose(painted, luma, rtol=1e-3)


@given(shade=st.floats(0.1, 1.8), source=SATURATIONS, target=SATURATIONS)
def test_skin_of_any_shade_gets_the_targets_tint(
    shade: float, source: float, target: float
) -> None:
    before, after = tinted(source), tinted(target, luma=90.0)
    painted = repainted(before.light[0, 0] * np.float32(shade), after, before)
    np.testing.assert_allclose(painted, after.light[0, 0] * np.float32(shade), rtol=1e-3)


@given(
    color=st.tuples(*[st.floats(-40.0, 40.0)] * 3),
    source=st.tuples(*[st.floats(0.3, 1.7)] * 3),
    target=st.tuples(*[st.floats(0.3, 1.7)] * 3),
)
def test_colors_never_gain_more_than_luma(
    color: tuple[float, ...], source: tuple[float, ...], target: tuple[float, ...]
) -> None:
    light = np.full((1, 1, 3), 100.0, np.float32)
    before, after = (
        Tone(light * tint / (tint @ LUMA), tint / (tint @ LUMA), 0.1, tint / (tint @ LUMA))
        for tint in (np.array(source, np.float32), np.array(target, np.float32))
    )
    own = np.array(color, np.float32)
    own -= before.tint * (own @ LUMA)
    lit = color_matrix(after, before)[:, :3] @ own * tone_gain(after, before)[0, 0]
    assert (np.abs(lit) <= np.abs(own) * 1.001 + 1e-3).all()


def test_light_that_bleaches_broadly_colors_the_shade(meter: ToneMeter) -> None:
    # White from the left, which turns orange where less of it falls; a little detail without color.
    ramp = np.linspace(0, 1, TONE_SIZE, dtype=np.float32)[None, :, None]
    pale, orange = np.array([[225, 228, 240], [100, 145, 205]], np.float32)
    grain = np.random.default_rng(0).normal(0, 2, (TONE_SIZE, TONE_SIZE, 1)).astype(np.float32)
    bleached = meter.measure(pale + (orange - pale) * ramp + grain, SEEN)
    color = (pale - orange) / ((pale - orange) @ LUMA)
    way = bleached.shade - bleached.tint
    wanted = color - bleached.tint
    assert way @ wanted / np.linalg.norm(wanted) > 0.5
    # The same light on skin that it does not bleach.
    lit = meter.measure(pale * (1 - ramp / 2) + grain, SEEN)
    np.testing.assert_allclose(lit.shade, lit.tint, atol=0.12)


def test_brows_on_bleached_skin_are_not_red() -> None:
    source = tinted(1.0)
    light = source.light[0, 0]
    # Light skin whose shade is much redder than it is.
    tint, shade = (np.array(color, np.float32) for color in ((0.87, 0.93, 1.18), (1.2, 1.14, 0.64)))
    target = Tone(np.broadcast_to(220 * tint, (TONE_SIZE, TONE_SIZE, 3)), tint, 0.1, shade)
    shaded, brow = (repainted(light * np.float32(share), target, source) for share in (0.8, 0.2))
    wanted = target.light[0, 0] * np.float32(0.2)
    assert shaded[2] / shaded[0] > 1.2 * tint[2] / tint[0]
    np.testing.assert_allclose(brow, wanted, rtol=1e-3)


def test_a_picture_without_color_is_told_from_pale_skin(meter: ToneMeter, skin: Floats) -> None:
    gray = np.repeat((skin @ LUMA)[..., None], 3, axis=2)
    assert colored(meter.measure(gray, SEEN)) == 0.0
    assert colored(meter.measure(gray + 0.4 * (skin - gray), SEEN)) == 1.0


def test_what_is_dark_has_no_say_in_the_tint(meter: ToneMeter, skin: Floats) -> None:
    ruled = skin.copy()
    ruled[::4] = [14, 4, 2]  # rims of glasses, whose color is noise
    plain, found = meter.measure(skin, SEEN), meter.measure(ruled, SEEN)
    np.testing.assert_allclose(found.tint, plain.tint, rtol=0.06)


@pytest.mark.parametrize("level", [0.0, 1.0, 255.0])
def test_black_and_white_faces_give_numbers(meter: ToneMeter, skin: Floats, level: float) -> None:
    flat = meter.measure(np.full_like(skin, level), SEEN)
    source = meter.measure(skin, SEEN)
    for gain in (tone_gain(flat, source), tone_gain(source, flat)):
        assert np.isfinite(gain).all()
        assert gain.min() > 0.0
    for matrix in (color_matrix(flat, source), color_matrix(source, flat)):
        assert np.isfinite(matrix).all()
        assert np.abs(matrix).max() < 3.0
    assert np.isfinite(contrast_factor(flat, source))
    assert np.isfinite(contrast_factor(source, flat))


def test_a_face_that_is_not_seen_at_all_gives_numbers(meter: ToneMeter, skin: Floats) -> None:
    unseen = meter.measure(skin, 0 * SEEN)
    gray = np.ones(3, np.float32)
    assert np.isfinite(tone_gain(unseen, Tone(skin, gray, 0.1, gray))).all()
    assert np.isfinite(unseen.shade).all()

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlc.compositing.arrays import Floats
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.masks import skin_mask
from dlc.swapping.mesh.tone import TONE_SIZE, Tone, ToneMeter, contrast_factor, tone_gain

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


@pytest.mark.parametrize("level", [0.0, 1.0, 255.0])
def test_black_and_white_faces_give_numbers(meter: ToneMeter, skin: Floats, level: float) -> None:
    flat = meter.measure(np.full_like(skin, level), SEEN)
    source = meter.measure(skin, SEEN)
    for gain in (tone_gain(flat, source), tone_gain(source, flat)):
        assert np.isfinite(gain).all()
        assert gain.min() > 0.0
    assert np.isfinite(contrast_factor(flat, source))
    assert np.isfinite(contrast_factor(source, flat))


def test_a_face_that_is_not_seen_at_all_gives_numbers(meter: ToneMeter, skin: Floats) -> None:
    unseen = meter.measure(skin, 0 * SEEN)
    assert np.isfinite(tone_gain(unseen, Tone(skin, 0.1))).all()

from __future__ import annotations

import numpy as np
import pytest

from dlc.arrays import Flags, Floats
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.side_light import SideLight
from dlc.swapping.mesh.light.tone import TONE_SIZE, ToneMeter
from dlc.swapping.mesh.masks import depth_inside, skin_mask
from dlc.swapping.running_mean import RunningMean

SHADE = 0.5
ALL: Floats = np.ones((TONE_SIZE, TONE_SIZE), np.float32)


@pytest.fixture(scope="module")
def skin(layout: Layout) -> Flags:
    return (skin_mask(layout, TONE_SIZE) > 0.99) & (depth_inside(layout, TONE_SIZE) > 0.1)


@pytest.fixture(scope="module")
def shadow() -> Flags:
    """Return where one cheek and the temple above lie in shade."""
    return np.broadcast_to(np.arange(TONE_SIZE) < 0.35 * TONE_SIZE, ALL.shape)


def lit(luma: Floats) -> Floats:
    """Return a face in some light: BGR."""
    return 160 * luma[..., None] * np.ones(3, np.float32)


def gain(luma: Floats, layout: Layout, seen: Floats = ALL) -> Floats:
    """Return the gain for a target's first frame."""
    texture = lit(luma)
    tone = ToneMeter(layout).measure(texture, seen)
    return SideLight(layout).gain(texture, tone, seen, RunningMean(0.2))


def test_the_edge_of_shade_on_one_side_is_sharper_than_in_the_broad_light(
    skin: Flags, shadow: Flags, layout: Layout
) -> None:
    luma = np.where(shadow, np.float32(SHADE), np.float32(1))
    broad = ToneMeter(layout).measure(lit(luma), ALL).light[..., 0]
    wanted = lit(luma)[..., 0]
    before, after = (
        np.abs(np.log(light / wanted))[skin].mean() for light in (broad, broad * gain(luma, layout))
    )
    assert after < 0.7 * before


def test_shade_on_both_sides_is_a_feature(skin: Flags, shadow: Flags, layout: Layout) -> None:
    both = shadow | shadow[:, ::-1]
    luma = np.where(both, np.float32(SHADE), np.float32(1))
    np.testing.assert_allclose(gain(luma, layout)[skin], 1, atol=1e-3)


def test_a_little_asymmetry_and_moles_are_left(skin: Flags, shadow: Flags, layout: Layout) -> None:
    luma = np.where(shadow, np.float32(0.94), np.float32(1))
    np.testing.assert_allclose(gain(luma, layout)[skin], 1, atol=1e-3)
    mole = ALL.copy()
    mole[80:83, 40:43] = 0.3
    np.testing.assert_allclose(gain(mole, layout)[skin], 1, atol=0.03)


def test_nothing_is_known_of_a_side_that_is_not_seen(
    skin: Flags, shadow: Flags, layout: Layout
) -> None:
    luma = np.where(shadow, np.float32(SHADE), np.float32(1))
    seen = np.where(shadow, np.float32(0), np.float32(1))
    unseen = shadow | shadow[:, ::-1]
    inside = np.roll(unseen, 12, axis=1) & np.roll(unseen, -12, axis=1)
    np.testing.assert_allclose(gain(luma, layout, seen)[skin & inside], 1, atol=0.02)


def test_darkness_is_no_light(layout: Layout) -> None:
    np.testing.assert_allclose(gain(np.zeros_like(ALL), layout), 1, atol=1e-3)

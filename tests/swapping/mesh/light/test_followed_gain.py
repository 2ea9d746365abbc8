"""A light that changes is followed at once; what merely trembles is averaged away."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlc.arrays import Floats
from dlc.swapping.mesh.light.followed_gain import FollowedGain

SIZE = 32
SKIN = np.ones((SIZE, SIZE), np.float32)
UNSEEN = np.zeros((SIZE, SIZE), np.float32)
# Light from the left, a little warm.
DISTRIBUTION = (
    np.linspace(1.4, 0.6, SIZE, dtype=np.float32)[None, :, None]
    * np.array([0.9, 1.0, 1.1], np.float32)
    * np.ones((SIZE, 1, 1), np.float32)
)

LEVELS = st.floats(0.1, 1.5)
COLORS = st.tuples(LEVELS, LEVELS, LEVELS)


def lit(color: tuple[float, ...] | float) -> Floats:
    gain: Floats = DISTRIBUTION * np.asarray(color, np.float32)
    return gain


def after(frames: list[Floats], skin: Floats = SKIN) -> Floats:
    """Return the gain to use in the last of some frames."""
    followed = FollowedGain()
    return [followed.update(frame, skin) for frame in frames][-1]


@given(st.lists(COLORS, min_size=1, max_size=8))
def test_a_light_of_any_color_and_strength_is_followed_in_its_first_frame(
    colors: list[tuple[float, float, float]],
) -> None:
    found = after([lit(1.0)] * 10 + [lit(color) for color in colors])
    # Of a change below 12 percent, a part waits.
    np.testing.assert_allclose(found, lit(colors[-1]), rtol=0.12)


@pytest.mark.parametrize("level", [0.25, 0.6, 1.6])
def test_a_flash_leaves_nothing_behind(level: float) -> None:
    np.testing.assert_allclose(after([lit(1.0)] * 10 + [lit(level)]), lit(level), rtol=1e-4)
    found = after([lit(1.0)] * 10 + [lit(level)] + [lit(1.0)])
    np.testing.assert_allclose(found, lit(1.0), rtol=1e-4)


def test_what_trembles_is_averaged() -> None:
    levels = np.random.default_rng(0).normal(1.0, 0.01, 200)
    followed = FollowedGain()
    used = [followed.update(lit(float(level)), SKIN)[0, 0, 0] / 1.26 for level in levels]
    assert np.std(used[50:]) < 0.5 * np.std(levels)
    assert np.mean(used) == pytest.approx(1.0, abs=0.01)


def test_the_distribution_changes_slowly() -> None:
    before, turned = lit(1.0), lit(1.0)[:, ::-1]
    found = after([before] * 20 + [turned])
    np.testing.assert_allclose(found, before + 0.2 * (turned - before), rtol=1e-4)


def test_the_part_that_is_seen_tells_how_the_light_changed() -> None:
    # The dark side alone, as if something were in front of the other.
    dark_side = SKIN.copy()
    dark_side[:, : SIZE // 2] = 0
    followed = FollowedGain()
    for _ in range(10):
        followed.update(lit(1.0), SKIN)
    np.testing.assert_allclose(followed.update(lit(1.0), dark_side), lit(1.0), rtol=1e-4)
    np.testing.assert_allclose(followed.update(lit(0.5), dark_side), lit(0.5), rtol=1e-4)


def test_a_face_that_is_not_seen_changes_little() -> None:
    followed = FollowedGain()
    for _ in range(10):
        followed.update(lit(1.0), SKIN)
    found = followed.update(np.full_like(DISTRIBUTION, 0.02), UNSEEN)
    np.testing.assert_allclose(found, 0.8 * lit(1.0) + 0.2 * 0.02, rtol=1e-4)


def test_a_fade_through_black_keeps_where_the_light_comes_from() -> None:
    black = np.full_like(DISTRIBUTION, 0.02)
    found = after([lit(1.0)] * 10 + [black] * 20 + [lit(1.0)])
    np.testing.assert_allclose(found, lit(1.0), rtol=0.01)

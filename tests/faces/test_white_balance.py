from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from dlc.faces.landmarks.topology import LEFT_SIDE, RIGHT_SIDE
from dlc.faces.tracking.tracker import load_tracker
from dlc.faces.white_balance import white_balanced
from tests.faces.pictures import LIGHTS, Picture, lit

GRAY = np.random.default_rng(0).integers(40, 121, (48, 64, 1)) * np.ones(3)


def test_pictures_in_nearly_white_light_are_left_alone(astronaut: NDArray[np.uint8]) -> None:
    warm = lit(GRAY, 0.6, 0.9, 1.3)
    for bgr in (astronaut, warm):
        assert white_balanced(bgr) is bgr


@given(st.permutations([0.2, 0.2, 1.0]), st.floats(0.9, 2.0))
def test_colored_light_is_taken_off(light: list[float], brightness: float) -> None:
    colored = lit(GRAY, *(channel * brightness for channel in light))
    blue, green, red = white_balanced(colored).mean(axis=(0, 1)) / colored.mean()
    assert (blue, green, red) == pytest.approx((0.77, 0.93, 1.31), abs=0.1)


@given(st.floats(0.15, 0.5))
def test_there_is_no_jump_between_white_and_colored_light(green: float) -> None:
    one, other = (
        white_balanced(lit(GRAY, 0.8, weak, 1.0)).mean(axis=(0, 1))
        for weak in (green, green + 0.002)
    )
    np.testing.assert_allclose(one, other, atol=2.0)


def test_noise_in_a_dark_channel_stays_small() -> None:
    pure = lit(GRAY, 0.0, 1.0, 0.0)
    pure[::2, :, 2] = 1
    assert white_balanced(pure)[..., 2].max() <= 8
    black = np.zeros_like(pure)
    np.testing.assert_array_equal(white_balanced(black), black)


@pytest.mark.parametrize("light", LIGHTS)
def test_faces_are_found_in_light_of_any_color(
    astronaut: NDArray[np.uint8], light: tuple[float, float, float]
) -> None:
    (white,), (colored,) = (
        load_tracker().find(Picture(bgr)) for bgr in (astronaut, lit(astronaut, *light))
    )
    assert white.landmarks is not None
    assert colored.landmarks is not None
    apart = np.linalg.norm((white.landmarks - colored.landmarks)[:, :2], axis=1)
    width = np.linalg.norm((white.landmarks[LEFT_SIDE] - white.landmarks[RIGHT_SIDE])[:2])
    assert apart.mean() < 0.012 * width

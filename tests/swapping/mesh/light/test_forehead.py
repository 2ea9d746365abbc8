from __future__ import annotations

import cv2
import numpy as np
import pytest

from dlc.arrays import Floats
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.forehead import ForeheadBorder
from dlc.swapping.mesh.light.tone import TONE_SIZE
from dlc.swapping.mesh.masks import LEFT_BROW, RIGHT_BROW
from dlc.swapping.running_mean import RunningMean

SKIN: Floats = np.full((TONE_SIZE, TONE_SIZE, 3), (110, 140, 190), np.float32)
AS_IT_IS: Floats = np.ones((TONE_SIZE, TONE_SIZE, 3), np.float32)
ALL: Floats = np.ones((TONE_SIZE, TONE_SIZE), np.float32)


@pytest.fixture(scope="module")
def edge(layout: Layout) -> int:
    """Return the row in which a short forehead ends, well above the brows."""
    brows = float(layout.uv[[*LEFT_BROW, *RIGHT_BROW], 1].min())
    return round(TONE_SIZE * (brows - 0.1 * layout.face_width))


@pytest.fixture(scope="module")
def border(layout: Layout, edge: int) -> ForeheadBorder:
    opacity = ALL.copy()
    opacity[:edge] = 0
    return ForeheadBorder(SKIN, opacity, layout)


def test_skin_of_the_same_color_stays(border: ForeheadBorder) -> None:
    for nearly in (1.0, 0.985, 1.015):
        gain = border.follow(AS_IT_IS, SKIN * np.float32(nearly), ALL, RunningMean(0.2))
        np.testing.assert_allclose(gain, 1, atol=1e-4)


def test_the_border_gets_near_the_color_of_a_lighter_target(
    border: ForeheadBorder, edge: int, layout: Layout
) -> None:
    color = (1.25, 1.2, 1.15)
    gain = border.follow(AS_IT_IS, SKIN * np.array(color, np.float32), ALL, RunningMean(0.2))
    middle = gain[edge - 1 : edge + 1, TONE_SIZE // 2]
    np.testing.assert_allclose(middle, np.tile(color, (2, 1)), rtol=0.09)
    # It ends above the eyes, softly.
    below = edge + round(0.2 * TONE_SIZE * layout.face_width)
    np.testing.assert_array_equal(gain[below:], 1)
    assert np.abs(np.diff(gain, axis=0)).max() < 0.04


def test_the_border_gets_half_of_the_way_to_a_darker_target(
    border: ForeheadBorder, edge: int
) -> None:
    gain = border.follow(AS_IT_IS, SKIN * np.float32(0.8), ALL, RunningMean(0.2))
    middle = gain[edge - 1 : edge + 1, TONE_SIZE // 2]
    assert middle.min() > 0.88
    assert middle.max() < 0.92


def test_hair_does_not_darken_the_forehead(border: ForeheadBorder) -> None:
    gain = border.follow(AS_IT_IS, SKIN * np.float32(0.3), ALL, RunningMean(0.2))
    np.testing.assert_array_equal(gain, 1)


def test_a_bright_headband_changes_little(border: ForeheadBorder) -> None:
    gain = border.follow(AS_IT_IS, np.full_like(SKIN, 255), ALL, RunningMean(0.2))
    assert gain.max() < 1.36


def test_what_is_not_seen_is_remembered(border: ForeheadBorder) -> None:
    memory = RunningMean[Floats](0.2)
    np.testing.assert_array_equal(border.follow(AS_IT_IS, 2 * SKIN, 0 * ALL, memory), 1)
    seen = border.follow(AS_IT_IS, 1.2 * SKIN, ALL, memory)
    hidden = border.follow(AS_IT_IS, 0.1 * SKIN, 0 * ALL, memory)
    np.testing.assert_array_equal(hidden, seen)


def test_noise_does_not_show(border: ForeheadBorder) -> None:
    noise = np.random.default_rng(0).normal(0, 12, SKIN.shape).astype(np.float32)
    gain = border.follow(AS_IT_IS, SKIN + cv2.blur(noise, (2, 2)), ALL, RunningMean(0.2))
    np.testing.assert_allclose(gain, 1, atol=0.02)

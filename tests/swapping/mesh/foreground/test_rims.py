from __future__ import annotations

import numpy as np
import pytest

from dlc.arrays import Floats, Gray
from dlc.swapping.mesh.flat_face import DETAIL_SIZE
from dlc.swapping.mesh.foreground.rims import RimThinner
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.tone import TONE_SIZE
from dlc.swapping.mesh.masks import height_above_eyes

SKIN = 150


@pytest.fixture(scope="module")
def thinner(layout: Layout) -> RimThinner:
    return RimThinner(layout)


def row_above_eyes(layout: Layout, face_widths: float) -> int:
    heights = height_above_eyes(layout, DETAIL_SIZE)[:, 0]
    return int(np.abs(heights - face_widths).argmin())


def rim_and_matte(row: int, thickness: int, gray: int) -> tuple[Gray, Floats]:
    """Return a rim across grainy skin, and a matte of it that is 7 pixels too broad both ways."""
    grain = np.random.default_rng(0).normal(0, 2, (DETAIL_SIZE, DETAIL_SIZE))
    luma = np.clip(SKIN + grain, 0, 255).astype(np.uint8)
    luma[row : row + thickness, 60:200] = gray
    matte = np.zeros((DETAIL_SIZE, DETAIL_SIZE), np.float32)
    matte[row - 7 : row + thickness + 7, 60:200] = 1
    return luma, matte


@pytest.mark.parametrize("gray", [40, 230])
@pytest.mark.parametrize("thickness", [2, 3, 6])
def test_below_brows_only_the_rim_stays(
    thinner: RimThinner, layout: Layout, thickness: int, gray: int
) -> None:
    row = row_above_eyes(layout, 0.1)
    luma, matte = rim_and_matte(row, thickness, gray)
    thin = thinner.thin(matte, luma)[:, 80:180]
    assert thin[row : row + thickness].min() > 0.7
    assert max(thin[: row - 4].max(), thin[row + thickness + 4 :].max()) < 0.1


def test_on_cheeks_nothing_changes(thinner: RimThinner, layout: Layout) -> None:
    luma, matte = rim_and_matte(row_above_eyes(layout, -0.1), 3, 40)
    np.testing.assert_array_equal(thinner.thin(matte, luma), matte)


def test_without_anything_certain_nothing_breaks(thinner: RimThinner) -> None:
    nothing = np.zeros((2 * TONE_SIZE, 2 * TONE_SIZE), np.float32)
    black = np.zeros((2 * TONE_SIZE, 2 * TONE_SIZE), np.uint8)
    np.testing.assert_array_equal(thinner.thin(nothing, black), nothing)

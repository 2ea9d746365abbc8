from __future__ import annotations

import numpy as np

from dlc.arrays import Floats
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.source.photo import ATLAS_SIZE
from dlc.swapping.mesh.source.strands import without_strands
from tests.swapping.mesh.source.rows import row_of

FULL = np.ones((ATLAS_SIZE, ATLAS_SIZE), np.float32)


def forehead(layout: Layout) -> tuple[slice, slice]:
    middle = ATLAS_SIZE // 2
    return slice(row_of(layout, 10) + 8, row_of(layout, 105) - 20), slice(middle - 60, middle + 60)


def test_strands_as_dark_as_skin_are_taken_off(skin: Floats, layout: Layout) -> None:
    where = forehead(layout)
    waves = 1 + 0.25 * np.sin(np.arange(ATLAS_SIZE, dtype=np.float32) * np.float32(2 * np.pi / 10))
    skin[: where[0].stop] *= waves[None, :, None]
    free = without_strands(FULL, skin, FULL, layout)
    assert free[where].mean() < 0.3
    assert free[row_of(layout, 2) :].min() == 1.0


def test_wrinkles_and_plain_skin_stay(skin: Floats, layout: Layout) -> None:
    where = forehead(layout)
    np.testing.assert_array_equal(without_strands(FULL, skin, FULL, layout), FULL)
    waves = 1 + 0.25 * np.sin(np.arange(ATLAS_SIZE, dtype=np.float32) * np.float32(2 * np.pi / 10))
    skin[: where[0].stop] *= waves[: where[0].stop, None, None]
    assert without_strands(FULL, skin, FULL, layout)[where].mean() > 0.95

from __future__ import annotations

import cv2
import numpy as np
import pytest

from dlc.arrays import Floats
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.source.glasses import without_glasses
from dlc.swapping.mesh.source.photo import ATLAS_SIZE
from tests.swapping.mesh.source.rows import row_of


@pytest.mark.parametrize(("gray", "left"), [(20, 0.7), (250, 0.5)])
def test_thin_rims_are_taken_off_but_at_the_nose_and_brows(
    skin: Floats, layout: Layout, gray: int, left: float
) -> None:
    worn = skin.copy()
    for eye, outwards in ((layout.topology.left_eye, -1), (layout.topology.right_eye, 1)):
        x, y = np.round(layout.uv[eye].mean(axis=0) * ATLAS_SIZE).astype(int).tolist()
        middle = x + 10 * outwards, y + 8
        cv2.ellipse(worn, middle, (74, 72), 0, 0, 360, (gray, gray, gray), 4, cv2.LINE_AA)
    cheeks = slice(row_of(layout, 159), row_of(layout, 50))
    before, after = (
        np.abs(each - skin)[cheeks].mean() for each in (worn, without_glasses(worn, layout))
    )
    assert after < left * before


def test_without_rims_nothing_changes(skin: Floats, layout: Layout) -> None:
    np.testing.assert_array_equal(without_glasses(skin, layout), skin)

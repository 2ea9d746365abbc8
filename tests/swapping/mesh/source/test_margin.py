from __future__ import annotations

import numpy as np
import pytest

from dlc.arrays import Flags
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.masks import depth_inside
from dlc.swapping.mesh.source.margin import without_bright_margin
from dlc.swapping.mesh.source.photo import ATLAS_SIZE
from dlc.swapping.mesh.source.source import SourceModel

EVEN = np.full((ATLAS_SIZE, ATLAS_SIZE, 3), (90, 120, 160), np.float32)


@pytest.fixture
def jaw(layout: Layout) -> Flags:
    """Return where the outermost part of the cheeks and the jaw is, in the lower half."""
    depth = depth_inside(layout, ATLAS_SIZE)
    jaw: Flags = (depth > 0.01) & (depth < 0.04)
    jaw[: ATLAS_SIZE // 2] = False
    return jaw


@pytest.mark.parametrize("bgr", [(230, 235, 235), (140, 160, 210)], ids=["wall", "ear"])
def test_what_is_bright_beside_a_face_is_gone(
    layout: Layout, jaw: Flags, bgr: tuple[int, int, int]
) -> None:
    texture = EVEN.copy()
    texture[jaw] = bgr
    plain = without_bright_margin(texture, layout)
    assert (texture / EVEN)[jaw].min() > 1.3
    assert (plain / EVEN)[jaw].max() < 1.1
    np.testing.assert_array_equal(plain[~jaw], texture[~jaw])


def test_light_that_falls_off_stays(layout: Layout, jaw: Flags) -> None:
    texture = EVEN.copy()
    texture[jaw] *= 0.5
    np.testing.assert_array_equal(without_bright_margin(texture, layout), texture)


def test_the_face_itself_and_the_forehead_stay(
    layout: Layout, portrait_source: SourceModel
) -> None:
    texture = portrait_source.texture * np.float32(0.5)
    face = depth_inside(layout, ATLAS_SIZE) > 0.11
    face[: ATLAS_SIZE // 5] = True
    texture[face] *= 2
    np.testing.assert_array_equal(without_bright_margin(texture, layout)[face], texture[face])

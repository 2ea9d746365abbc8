from __future__ import annotations

import cv2
import numpy as np
import pytest

from dlc.arrays import Bytes, Floats
from dlc.swapping.mesh.foreground.worn import load_worn_finder
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.tone import LUMA
from dlc.swapping.mesh.source.glasses import without_glasses
from dlc.swapping.mesh.source.photo import ATLAS_SIZE
from tests.swapping.mesh.glasses import Glasses
from tests.swapping.mesh.heads import Points
from tests.swapping.mesh.source.rows import row_of

SEEN: Floats = np.ones((ATLAS_SIZE, ATLAS_SIZE), np.float32)


def bared(texture: Floats, layout: Layout) -> Floats:
    return without_glasses(texture, SEEN, layout, load_worn_finder(layout))


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
    before, after = (np.abs(each - skin)[cheeks].mean() for each in (worn, bared(worn, layout)))
    assert after < left * before


def test_without_rims_nothing_changes(skin: Floats, layout: Layout) -> None:
    np.testing.assert_array_equal(bared(skin, layout), skin)


def eyes(layout: Layout) -> tuple[Points, Points]:
    rings = layout.topology.left_eye, layout.topology.right_eye
    left, right = (layout.uv[ring].mean(axis=0) * ATLAS_SIZE for ring in rings)
    return left, right


def worn_by(skin: Floats, layout: Layout, glasses: Glasses) -> Bytes:
    worn = np.clip(skin, 0, 255).astype(np.uint8)
    glasses.draw(worn, eyes(layout))
    return worn


def test_the_shadow_below_rims_goes_with_them_and_shade_elsewhere_stays(
    skin: Floats, layout: Layout
) -> None:
    below = Glasses(drop=0.065, arc=(20, 160), thickness=0.025)
    shaded = worn_by(skin, layout, below) == below.luma
    dim = skin * np.where(shaded, 0.6, 1.0).astype(np.float32)
    far = np.s_[row_of(layout, 61) : row_of(layout, 61) + 6, 150:170]
    dim[far] *= 0.6
    worn = worn_by(dim, layout, Glasses()).astype(np.float32)
    bare = bared(worn, layout)
    shadow = shaded & (worn > 40)
    assert worn[shadow].mean() < 0.65 * skin[shadow].mean()
    assert bare[shadow].mean() > 0.93 * skin[shadow].mean()
    np.testing.assert_array_equal(bare[far], worn[far])


def test_dark_eyes_are_not_smeared_over_the_skin_below_them(skin: Floats, layout: Layout) -> None:
    dark = skin.copy()
    for eye in eyes(layout):
        middle = np.round(eye).astype(int).tolist()
        cv2.ellipse(dark, middle, (44, 24), 0, 0, 360, (10, 10, 10), -1)
    worn = worn_by(dark, layout, Glasses(thickness=0.02, arms=0.12))
    bare = bared(worn.astype(np.float32), layout)
    rims = (worn == 25).all(axis=2)
    rims[: row_of(layout, 145) + 22] = False
    assert (bare @ LUMA / (skin @ LUMA))[rims].min() > 0.87

from __future__ import annotations

import numpy as np
import pytest

from dlc.arrays import Flags, Floats
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.masks import LEFT_BROW, RIGHT_BROW, depth_inside, rings_mask
from dlc.swapping.mesh.source.photo import ATLAS_SIZE
from dlc.swapping.mesh.source.skin_likeness import skin_likeness
from tests.swapping.mesh.source.rows import row_of

MIDDLE = ATLAS_SIZE // 2


def test_skin_is_like_skin(skin: Floats, layout: Layout) -> None:
    face = depth_inside(layout, ATLAS_SIZE) > 0.01
    assert skin_likeness(skin, layout)[0][face].min() > 0.9


def test_a_fringe_is_not_like_skin(skin: Floats, layout: Layout) -> None:
    brow, top = row_of(layout, 105), row_of(layout, 10)
    fringe = (2 * top + brow) // 3
    skin[:fringe] = [20, 25, 30]
    alike = skin_likeness(skin, layout)[0]
    columns = slice(MIDDLE - 60, MIDDLE + 60)
    assert alike[top + 4 : fringe, columns].max() < 0.2
    assert alike[brow + 20 : row_of(layout, 152) - 60, columns].min() > 0.8


@pytest.mark.parametrize("over", [0, 8])
def test_brows_stay_and_a_fringe_that_comes_down_to_them_does_not(
    skin: Floats, layout: Layout, over: int
) -> None:
    brows = rings_mask(layout, ATLAS_SIZE, [LEFT_BROW, RIGHT_BROW]) > 0.5
    top = int(np.flatnonzero(brows.any(axis=1))[0])
    skin[brows] *= 0.3
    skin[: top + over][~brows[: top + over]] *= 0.7
    like = skin_likeness(skin, layout)[0]
    brows[: top + over] = False
    assert like[brows].mean() > 0.8
    assert like[: top - 15, MIDDLE - 120 : MIDDLE + 120].max() < 0.3


def test_dark_hair_that_hangs_over_a_cheek_is_not_like_skin(skin: Floats, layout: Layout) -> None:
    depth = depth_inside(layout, ATLAS_SIZE)
    eye, nose = row_of(layout, 33), row_of(layout, 2)
    rows = slice(eye + (nose - eye) // 3, eye + 2 * (nose - eye) // 3)
    corner = round(float(layout.uv[33, 0]) * ATLAS_SIZE)
    skin[:, : corner + 8] = [20, 25, 30]
    alike = skin_likeness(skin, layout)[0][rows, :corner]
    # Farther inside than where anything may be in front of the face.
    hung = depth[rows, :corner] > 0.18
    assert np.count_nonzero(hung) > 100
    assert alike[hung].mean() < 0.35
    # The other cheek has none.
    assert skin_likeness(skin, layout)[0][rows, ATLAS_SIZE - corner :].mean() > 0.9


@pytest.mark.parametrize(("hangs", "stays"), [(True, 0.0), (False, 1.0)])
def test_below_the_nose_only_what_hangs_down_is_hair(
    skin: Floats, layout: Layout, hangs: bool, stays: float
) -> None:
    nose, lips = row_of(layout, 2), row_of(layout, 14)
    corner = round(float(layout.uv[33, 0]) * ATLAS_SIZE)
    skin[0 if hangs else nose + 10 :, :corner] = [20, 25, 30]
    where = slice(nose + 15, lips), slice(corner)
    inside = depth_inside(layout, ATLAS_SIZE)[where] > 0.15
    assert np.count_nonzero(inside) > 50
    assert skin_likeness(skin, layout)[0][where][inside].mean() == pytest.approx(stays, abs=0.3)


@pytest.fixture
def beside_cheek(layout: Layout) -> Flags:
    """Return where strands may be on the left cheek, farther inside than the usual margin."""
    depth = depth_inside(layout, ATLAS_SIZE)
    beside: Flags = (depth > 0.14) & (depth < 0.18)
    beside[: row_of(layout, 33)] = False
    beside[row_of(layout, 14) :] = False
    beside[:, MIDDLE:] = False
    return beside


def test_even_skin_has_no_strands(skin: Floats, layout: Layout) -> None:
    face = depth_inside(layout, ATLAS_SIZE) > 0.01
    assert skin_likeness(skin, layout)[1][face].max() < 0.05


@pytest.mark.parametrize("bgr", [(50, 65, 90), (80, 190, 110)], ids=["shade", "dyed"])
def test_strands_are_found_where_they_hang_over_a_cheek(
    skin: Floats, layout: Layout, beside_cheek: Flags, bgr: tuple[int, int, int]
) -> None:
    depth = depth_inside(layout, ATLAS_SIZE)
    left = np.arange(ATLAS_SIZE) < MIDDLE
    skin[left & (depth < 0.18)] = bgr
    strands = skin_likeness(skin, layout)[1]
    cheek = slice(row_of(layout, 33) + 20, row_of(layout, 2))
    # Too far inside for the usual margin.
    assert skin_likeness(skin, layout)[0][cheek][beside_cheek[cheek]].mean() > 0.6
    assert strands[cheek][beside_cheek[cheek]].mean() > 0.8
    # The other cheek has none.
    assert strands[~left & (depth > 0.01)].mean() < 0.05


def test_a_beard_is_no_strand(skin: Floats, layout: Layout, beside_cheek: Flags) -> None:
    start = row_of(layout, 2) + 10
    skin[start:] = [20, 25, 30]
    below = beside_cheek.copy()
    below[: start + 20] = False
    assert np.count_nonzero(below) > 200
    assert skin_likeness(skin, layout)[1][below].max() < 0.2


def test_light_that_falls_off_is_no_strand(
    skin: Floats, layout: Layout, beside_cheek: Flags
) -> None:
    light = 0.5 + 0.5 * np.clip(np.arange(ATLAS_SIZE, dtype=np.float32) / 220, 0, 1)
    shaded = skin * light[None, :, None]
    assert skin_likeness(shaded, layout)[1][beside_cheek].mean() < 0.1


def test_a_mustache_and_a_shaded_nose_stay_the_faces(skin: Floats, layout: Layout) -> None:
    lip, side = row_of(layout, 2), MIDDLE + 25
    skin[lip + 4 : lip + 24, MIDDLE - 60 : MIDDLE + 60] = [20, 25, 30]
    skin[row_of(layout, 168) : lip, side : side + 20] = [40, 50, 70]
    alike = skin_likeness(skin, layout)[0]
    assert alike[row_of(layout, 168) : lip + 20, MIDDLE - 40 : MIDDLE + 45].min() > 0.9


def test_shade_over_half_a_face_is_still_skin(skin: Floats, layout: Layout) -> None:
    light = 1.0 - 0.5 * np.clip((np.arange(ATLAS_SIZE) - 180) / 150, 0, 1)
    shaded = (skin * light[None, :, None]).astype(np.float32)
    face = depth_inside(layout, ATLAS_SIZE) > 0.05
    assert skin_likeness(shaded, layout)[0][face].mean() > 0.9


@pytest.mark.parametrize("raised", [0, 10, 20, 28])
def test_brows_stay_the_faces_however_high_they_are(
    skin: Floats, layout: Layout, raised: int
) -> None:
    brows = rings_mask(layout, ATLAS_SIZE, [LEFT_BROW, RIGHT_BROW]) > 0.5
    brows = np.roll(brows, -raised, axis=0)
    skin[brows] *= 0.3
    like = skin_likeness(skin, layout)[0]
    assert like[brows].mean() > 0.95
    forehead = slice(row_of(layout, 10) + 5, row_of(layout, 105) - 40)
    assert like[forehead, MIDDLE - 100 : MIDDLE + 100].mean() > 0.9


def test_the_dark_edge_of_a_fair_fringe_is_no_brow(skin: Floats, layout: Layout) -> None:
    thin = rings_mask(layout, ATLAS_SIZE, [LEFT_BROW, RIGHT_BROW]) > 0.5
    skin[thin] *= 0.8
    top = int(np.flatnonzero(thin.any(axis=1))[0])
    edge = slice(top - 28, top - 18)
    skin[edge] *= 0.45
    like = skin_likeness(skin, layout)[0]
    across = slice(MIDDLE - 60, MIDDLE + 60)
    assert like[: top - 30, across].max() < 0.1
    assert like[thin].mean() > 0.95

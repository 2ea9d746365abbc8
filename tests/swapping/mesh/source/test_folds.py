from __future__ import annotations

import cv2
import numpy as np
import pytest

from dlc.arrays import Floats
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.tone import LUMA
from dlc.swapping.mesh.masks import rings_mask
from dlc.swapping.mesh.source.folds import find_folds
from dlc.swapping.mesh.source.photo import ATLAS_SIZE
from dlc.swapping.mesh.source.source import SourceModel

SKIN = (110, 140, 190)
# From the wing of the nose past the corner of the mouth, at the viewer's left.
FOLD = (203, 206, 216)
CHEEK = 206


def skin() -> Floats:
    return np.full((ATLAS_SIZE, ATLAS_SIZE, 3), SKIN, np.float32)


def at(layout: Layout, vertices: tuple[int, ...]) -> list[tuple[int, int]]:
    return [(round(float(x)), round(float(y))) for x, y in layout.uv[list(vertices)] * ATLAS_SIZE]


def creased(layout: Layout, width: int, bgr: tuple[int, int, int] = (50, 65, 110)) -> Floats:
    """Return even skin with a fold of so many pixels, redder than the skin as folds are."""
    path = np.array(at(layout, FOLD))
    return np.asarray(cv2.polylines(skin(), [path], False, bgr, width), np.float32)


@pytest.mark.parametrize("width", [2, 5, 9])
@pytest.mark.parametrize("mirrored", [False, True])
def test_a_fold_is_smoothed_out_in_the_skins_color(
    layout: Layout, width: int, mirrored: bool
) -> None:
    face = creased(layout, width)
    face = np.ascontiguousarray(face[:, ::-1]) if mirrored else face
    smooth = face + find_folds(face, layout)
    ((x, y),) = at(layout, (CHEEK,))
    x = ATLAS_SIZE - 1 - x if mirrored else x
    there = np.s_[y - 2 : y + 3, x - 2 : x + 3]
    assert (face @ LUMA)[there].min() < 0.6 * (skin() @ LUMA)[there].min()
    np.testing.assert_allclose(smooth[there], skin()[there], rtol=0.25)
    assert smooth.max() <= 191


def test_the_fine_line_at_the_bottom_of_a_fold_goes_with_it(layout: Layout) -> None:
    broad = cv2.GaussianBlur(creased(layout, 9, (80, 105, 150)), (0, 0), 3)
    path = np.array(at(layout, FOLD))
    face = np.asarray(cv2.polylines(broad, [path], False, (20, 30, 60), 2), np.float32)
    smooth = (face + find_folds(face, layout)) @ LUMA
    ((x, y),) = at(layout, (CHEEK,))
    across = smooth[y, x - 12 : x + 13]
    assert (face @ LUMA)[y, x - 12 : x + 13].min() < 0.4 * across.max()
    assert across.min() > 0.97 * np.median(across)


def test_a_bent_line_is_a_fold(layout: Layout) -> None:
    ((x, y),) = at(layout, (CHEEK,))
    face = skin()
    bends = np.array([(x, y - 26), (x + 3, y - 13), (x - 2, y), (x + 3, y + 13), (x, y + 26)])
    face = np.asarray(cv2.polylines(face, [bends], False, (30, 45, 90), 3), np.float32)
    smooth = (face + find_folds(face, layout)) @ LUMA
    assert smooth[y - 10 : y + 11, x - 6 : x + 7].min() > 0.9 * (skin() @ LUMA)[y, x]


def test_even_skin_has_no_folds(layout: Layout) -> None:
    np.testing.assert_allclose(find_folds(skin(), layout), 0, atol=1e-3)


@pytest.mark.parametrize("radius", [3, 6, 40])
def test_moles_and_beards_are_no_folds(layout: Layout, radius: int) -> None:
    ((x, y),) = at(layout, (CHEEK,))
    face = np.asarray(cv2.circle(skin(), (x, y), radius, (30, 40, 60), -1), np.float32)
    assert np.abs(find_folds(face, layout))[y - 2 : y + 3, x - 2 : x + 3].max() < 6


def test_stubble_is_no_fold(layout: Layout) -> None:
    hairs = np.random.default_rng(5).random((ATLAS_SIZE, ATLAS_SIZE)) < 0.1
    face = np.where(hairs[..., None], skin() * np.float32(0.4), skin())
    lightened = find_folds(face, layout) @ LUMA
    cheek = rings_mask(layout, ATLAS_SIZE, [(36, 207, 212, 186, 165)]) > 0.5
    assert lightened[cheek].mean() < 3


def test_only_the_folds_of_a_smile_change(portrait_source: SourceModel, layout: Layout) -> None:
    topology = layout.topology
    rings = [ring.tolist() for ring in (topology.left_eye, topology.right_eye, topology.outer_lips)]
    features = rings_mask(layout, ATLAS_SIZE, rings) > 0
    folds = portrait_source.folds
    assert folds.min() >= 0
    assert 20 < folds.max() < 120
    assert folds[features].max() < 8
    assert (folds.max(axis=2) > 2).mean() < 0.03

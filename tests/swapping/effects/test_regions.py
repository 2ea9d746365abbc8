"""Every effect changes what it should and nothing else, on faces of either engine."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from dlc.compositing.box_mask import Padding
from dlc.compositing.color_match import local_shift, overall_shift
from dlc.compositing.patch import Patch
from dlc.faces.face import Face
from dlc.faces.finder import Needs
from dlc.swapping.effect import PatchEffect
from dlc.swapping.effects.box_mask import BoxMaskEffect
from dlc.swapping.effects.color import ColorEffect
from dlc.swapping.effects.mouth_mask import MouthMaskEffect
from dlc.swapping.effects.opacity import OpacityEffect
from dlc.swapping.effects.poisson import PoissonEffect
from dlc.swapping.effects.sharpness import SharpnessEffect
from tests.faces.pictures import Picture
from tests.swapping.effects.conftest import lab, pasted, tinted

EFFECTS: dict[str, Callable[[], PatchEffect]] = {
    "opacity": lambda: OpacityEffect(0.5),
    "sharpness": lambda: SharpnessEffect(0.7),
    "lab": lambda: ColorEffect(overall_shift),
    "local": lambda: ColorEffect(local_shift),
    "poisson": lambda: PoissonEffect(),
    "padding": lambda: BoxMaskEffect(Padding(top=0.3), None),
    "feather": lambda: BoxMaskEffect(Padding(), 0.2),
    "mouth": lambda: MouthMaskEffect(Needs.MESH),
}


@pytest.mark.parametrize("name", EFFECTS)
def test_the_face_changes_and_nothing_that_was_the_frames(
    name: str, target: Picture, face: Face, patch: Patch
) -> None:
    before_bgr, before_alpha = patch.bgr.copy(), patch.alpha.copy()
    changed = EFFECTS[name]().apply(target, face, patch)
    np.testing.assert_array_equal(patch.bgr, before_bgr)
    np.testing.assert_array_equal(patch.alpha, before_alpha)
    assert changed.box == patch.box
    assert changed.bgr.shape == patch.bgr.shape
    assert changed.bgr.dtype == changed.alpha.dtype == np.uint8
    assert (changed.alpha <= patch.alpha).all(), "more is pasted than the swapper made"
    assert np.abs(pasted(target, changed) - pasted(target, patch)).mean() > 0.5


@pytest.mark.parametrize("name", ["sharpness", "lab", "local"])
def test_what_changes_pixels_leaves_the_rim(
    name: str, target: Picture, face: Face, patch: Patch
) -> None:
    changed = EFFECTS[name]().apply(target, face, patch)
    rim = cv2.dilate((patch.alpha == 0).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    assert rim.any()
    np.testing.assert_array_equal(changed.bgr[rim], patch.bgr[rim])
    np.testing.assert_array_equal(changed.alpha, patch.alpha)


def test_a_face_of_opacity_zero_is_gone(target: Picture, face: Face, patch: Patch) -> None:
    gone = OpacityEffect(0.0).apply(target, face, patch)
    assert not gone.alpha.any()
    half = OpacityEffect(0.5).apply(target, face, patch)
    assert np.abs(half.alpha - patch.alpha / 2).max() <= 0.5
    for new in EFFECTS.values():
        assert not new().apply(target, face, gone).alpha.any()


def test_sharpening_raises_the_finest_detail_and_keeps_the_mean(
    target: Picture, face: Face, patch: Patch
) -> None:
    def detail(bgr: NDArray[np.uint8]) -> float:
        gray = cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY)
        return float(cv2.Laplacian(gray, cv2.CV_32F).std())

    weak, strong = (SharpnessEffect(amount).apply(target, face, patch).bgr for amount in (0.3, 1.0))
    assert detail(patch.bgr) < detail(weak) < detail(strong)
    assert abs(float(strong.mean()) - float(patch.bgr.mean())) < 1


@pytest.mark.parametrize("name", ["lab", "local"])
def test_a_face_of_another_color_takes_on_the_frames(
    name: str, target: Picture, face: Face, crop_patch: Patch
) -> None:
    odd = Patch(crop_patch.box, tinted(crop_patch.bgr, 50, 0, -30), crop_patch.alpha)
    matched = EFFECTS[name]().apply(target, face, odd)
    solid = cv2.erode(odd.alpha, np.ones((21, 21), np.uint8)) == 255
    old = lab(target.region(odd.box))[solid].mean(axis=0)
    before = np.abs(lab(odd.bgr)[solid].mean(axis=0) - old).max()
    after = np.abs(lab(matched.bgr)[solid].mean(axis=0) - old).max()
    assert before > 10
    assert after < before / 4


def test_local_matching_follows_light_from_the_side(face: Face, crop_patch: Patch) -> None:
    flat = np.full((crop_patch.box.bottom, crop_patch.box.right, 3), 60, np.uint8)
    flat[:, (crop_patch.box.left + crop_patch.box.right) // 2 :] = 180
    lit, whole = (
        EFFECTS[name]().apply(Picture(flat), face, crop_patch) for name in ("local", "lab")
    )

    def lean(patch: Patch) -> float:
        left, right = np.array_split(lab(patch.bgr)[..., 0] * (patch.alpha == 255), 2, axis=1)
        return float(right.sum() / (right > 0).sum() - left.sum() / (left > 0).sum())

    assert lean(lit) > lean(whole) + 15


def test_a_shift_is_averaged_over_a_track_and_not_beyond(
    target: Picture, mesh_patch: Patch
) -> None:
    effect = ColorEffect(overall_shift)
    box = np.array([0, 0, 9, 9], np.float32)
    points = np.zeros((5, 2), np.float32)
    dark = Picture((target.bgr * 0.4).astype(np.uint8))
    first = effect.apply(target, Face(box, points, 1.0, track_id=1), mesh_patch)
    for _ in range(10):
        effect.apply(target, Face(box, points, 1.0, track_id=1), mesh_patch)
    sudden = effect.apply(dark, Face(box, points, 1.0, track_id=1), mesh_patch)
    other = effect.apply(dark, Face(box, points, 1.0, track_id=2), mesh_patch)
    means = [float(each.bgr.mean()) for each in (first, sudden, other)]
    assert means[0] > means[1] + 2
    assert means[1] > means[2] + 10


def test_a_poisson_border_has_the_frames_colors(target: Picture, face: Face, patch: Patch) -> None:
    bright = Patch(patch.box, tinted(patch.bgr, 40, 40, 40), patch.alpha)
    solved = PoissonEffect().apply(target, face, bright)
    # Where what is solved for begins, 3 pixels inside the face.
    solid = (patch.alpha >= 128).astype(np.uint8)
    outer, inner = (cv2.erode(solid, np.ones((side, side), np.uint8)) for side in (7, 9))
    band = (outer > 0) & (inner == 0)
    under = target.region(patch.box).astype(int)
    before, after = (np.abs(each.bgr[band] - under[band]).mean() for each in (bright, solved))
    assert before > 25
    assert after < before / 2
    np.testing.assert_array_equal(solved.alpha, patch.alpha)


def test_poisson_moves_nothing(target: Picture, face: Face, patch: Patch) -> None:
    same = Patch(patch.box, target.region(patch.box), patch.alpha)
    solved = PoissonEffect().apply(target, face, same)
    assert np.abs(solved.bgr.astype(int) - same.bgr).max() <= 2


def test_the_mouth_is_the_targets_and_only_it(target: Picture, face: Face, patch: Patch) -> None:
    changed = EFFECTS["mouth"]().apply(target, face, patch)
    x, y = ((face.points[3] + face.points[4]) / 2 - (patch.box.left, patch.box.top)).astype(int)
    assert patch.alpha[y, x] == 255
    assert changed.alpha[y, x] == 0
    width = np.linalg.norm(face.points[4] - face.points[3])
    rows, columns = np.nonzero(changed.alpha != patch.alpha)
    distance = np.hypot(rows - y, columns - x)
    assert distance.max() < 1.1 * width


def test_the_mouth_of_106_points_is_where_that_of_the_mesh_is(
    target: Picture, face: Face, patch: Patch
) -> None:
    effect = MouthMaskEffect(Needs.LANDMARKS_106)
    assert effect.target_needs is Needs.LANDMARKS_106
    assert face.landmarks is not None
    rings = np.array([61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17])
    points = np.zeros((106, 2), np.float32)
    points[52:72] = face.landmarks[np.resize(rings, 20), :2]
    described = Face(face.box, face.points, 1.0, landmarks_106=points)
    by_points = effect.apply(target, described, patch)
    by_mesh = EFFECTS["mouth"]().apply(target, face, patch)
    assert (np.abs(by_points.alpha.astype(int) - by_mesh.alpha) > 64).mean() < 0.01
    assert effect.apply(target, Face(face.box, face.points, 1.0), patch) is patch

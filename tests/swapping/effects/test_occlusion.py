"""Things in front of a face stay in front of the new one, to a fraction of a pixel."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from dlc.compositing.patch import Patch
from dlc.faces.alignment import aligned_crop, arcface_matrix
from dlc.faces.crop import Square
from dlc.faces.face import Face
from dlc.faces.finder import Needs
from dlc.geometry import Box
from dlc.swapping.effects.occlusion import OcclusionEffect, placed, softened
from dlc.swapping.occluder_model import OccluderModel
from tests.faces.pictures import Picture
from tests.stand_ins import BLUE, write_occluder
from tests.swapping.effects.conftest import pasted
from tests.swapping.occluders import open_occluder, with_disc

# Where inswapper's crop of 128 pixels has the five points: ArcFace's, 8 pixels further to the
# right.
TEMPLATE = np.array(
    [
        [46.2946, 51.6963],
        [81.5318, 51.5014],
        [64.0252, 71.7366],
        [49.5493, 92.3655],
        [78.7299, 92.2041],
    ]
)


@pytest.fixture(scope="module")
def effect(tmp_path_factory: pytest.TempPathFactory) -> OcclusionEffect:
    path = tmp_path_factory.mktemp("occluder") / "occluder.onnx"
    return OcclusionEffect(open_occluder(write_occluder(path)))


def crop_to_picture(
    points: NDArray[np.float64], scale: float, angle: float, x: float, y: float
) -> NDArray[np.float32]:
    """Take points of the crop of 128 pixels to a picture, its center to (x, y)."""
    cos, sin = math.cos(angle) * scale, math.sin(angle) * scale
    turned = (points - 63.5) @ np.array([[cos, sin], [-sin, cos]])
    return np.asarray(turned + np.array([x, y]), np.float32)


def solid(width: int, height: int) -> Patch:
    """Return a patch that replaces a whole picture."""
    bgr = np.full((height, width, 3), 200, np.uint8)
    return Patch(Box(0, 0, width, height), bgr, np.full((height, width), 255, np.uint8))


@settings(max_examples=60)
@given(
    scale=st.floats(0.4, 3.5),
    angle=st.floats(-math.pi, math.pi),
    x=st.floats(220, 280),
    y=st.floats(220, 280),
    away=st.floats(0, 25),
    towards=st.floats(0, 2 * math.pi),
)
def test_what_covers_a_face_is_kept_where_it_is(
    scale: float,
    angle: float,
    x: float,
    y: float,
    away: float,
    towards: float,
    effect: OcclusionEffect,
) -> None:
    points = crop_to_picture(TEMPLATE, scale, angle, x, y)
    place = np.array([[63.5 + away * math.cos(towards), 63.5 + away * math.sin(towards)]])
    center = crop_to_picture(place, scale, angle, x, y)[0]
    radius = 20 * scale
    plain = np.full((500, 500, 3), (90, 120, 180), np.uint8)
    picture = Picture(with_disc(plain, *center, radius))
    face = Face(np.array([0, 0, 500, 500], np.float32), points, 1.0)
    changed = effect.apply(picture, face, solid(500, 500))
    kept = 1 - changed.alpha.astype(np.float64) / 255
    rows, columns = np.mgrid[:500, :500]
    distance = np.hypot(columns - center[0], rows - center[1])
    # A pixel of the model's crop or of the picture, whichever is larger; the soft edge has twelve.
    pixel = max(scale / 2, 1.0)
    assert kept[distance < radius - pixel].min() > 0.95
    assert kept[distance > radius + 6 * scale + 2].max() < 0.01
    found = np.array([(kept * columns).sum(), (kept * rows).sum()]) / kept.sum()
    np.testing.assert_allclose(found, center, atol=0.15 * pixel)


@given(
    x=st.floats(0, 100),
    y=st.floats(0, 100),
    size=st.floats(10, 400),
    angle=st.floats(-math.pi, math.pi),
    left=st.integers(0, 90),
    top=st.integers(0, 90),
)
def test_a_mask_is_placed_to_a_fraction_of_a_pixel(
    x: float, y: float, size: float, angle: float, left: int, top: int
) -> None:
    square = Square(x, y, size, angle)
    steps = ((np.arange(256) + 0.5) / 256).astype(np.float32)
    box = Box(left, top, left + 40, top + 30)
    rows, columns = np.mgrid[box.top : box.bottom, box.left : box.right]
    pixels = np.stack([columns.ravel(), rows.ravel()], axis=1).astype(np.float32)
    matrix = square.matrix(1)
    expected = np.clip(pixels @ matrix[:, :2].T + matrix[:, 2], 0.5 / 256, 1 - 0.5 / 256)
    for axis, ramp in enumerate((np.tile(steps, (256, 1)), np.tile(steps[:, None], (1, 256)))):
        found = placed(ramp, square, box)
        assert found.shape == (30, 40)
        # OpenCV counts places in 1/32 of a pixel.
        np.testing.assert_allclose(found.ravel(), expected[:, axis], atol=1 / 32 / 256 + 1e-4)


def test_a_soft_edge_lies_within_the_face() -> None:
    visible = np.zeros((256, 256), np.float32)
    visible[:, 100:] = 1
    row = softened(visible)[128]
    assert not row[:100].any()
    assert (np.diff(row) >= 0).all()
    assert 0 < row[103] < 0.7
    assert (row[116:] > 0.999).all()
    assert softened(np.ones((256, 256), np.float32)).min() > 0.9999


def test_a_real_face_loses_what_is_covered_and_nothing_else(
    target: Picture, face: Face, patch: Patch, effect: OcclusionEffect
) -> None:
    cheek = face.points[0] * 0.35 + face.points[3] * 0.65
    radius = float(np.linalg.norm(face.points[1] - face.points[0])) * 0.3
    picture = Picture(with_disc(target.bgr, *cheek, radius))
    before = patch.alpha.copy()
    changed = effect.apply(picture, face, patch)
    np.testing.assert_array_equal(patch.alpha, before)
    np.testing.assert_array_equal(changed.bgr, patch.bgr)
    assert changed.box == patch.box
    x, y = cheek - (patch.box.left, patch.box.top)
    rows, columns = np.mgrid[: patch.box.height, : patch.box.width]
    distance = np.hypot(columns - x, rows - y)
    assert before[distance < radius - 1].max() == 255
    assert changed.alpha[distance < radius - 1].max() < 13
    far = distance > radius + 0.06 * 4 * radius / 0.3
    np.testing.assert_array_equal(changed.alpha[far], before[far])
    disc = distance < radius - 2
    assert np.abs(pasted(picture, changed) - picture.region(patch.box))[disc].max() < 13
    assert (pasted(picture, patch)[disc] - BLUE != 0).any()


class Looking(OccluderModel):
    """Remembers what it was shown, and sees nothing in front of it."""

    def __init__(self) -> None:
        self.side = 256
        self.seen: list[NDArray[np.uint8]] = []

    def visible(self, crop: NDArray[np.uint8]) -> NDArray[np.float32]:
        self.seen.append(crop)
        return np.ones(crop.shape[:2], np.float32)


def test_the_model_sees_a_face_where_inswapper_does(
    target: Picture, face: Face, patch: Patch
) -> None:
    model = Looking()
    OcclusionEffect(model).apply(target, face, patch)
    (crop,) = model.seen
    matrix = arcface_matrix(face.points, 256)
    assert matrix is not None
    # A crop of 256 pixels, made of one of 128 as it is done elsewhere, begins half a pixel earlier.
    matrix[:, 2] += 0.5

    def apart(shift: float) -> float:
        moved = matrix.copy()
        moved[:, 2] += shift
        expected = aligned_crop(target, moved, 256)
        return float(np.abs(crop.astype(int) - expected)[8:-8, 8:-8].mean())

    assert apart(0) < 0.5
    assert apart(0) < min(apart(-0.5), apart(0.5))


def test_without_anything_in_front_a_face_is_as_it_was(
    target: Picture, face: Face, patch: Patch, effect: OcclusionEffect
) -> None:
    assert effect.target_needs is Needs.NOTHING
    np.testing.assert_array_equal(effect.apply(target, face, patch).alpha, patch.alpha)


def test_a_face_at_the_edge_of_the_picture(effect: OcclusionEffect) -> None:
    points = crop_to_picture(TEMPLATE, 1.0, 0.3, 10, 20)
    plain = np.full((90, 70, 3), (90, 120, 180), np.uint8)
    picture = Picture(with_disc(plain, 20, 30, 8))
    face = Face(np.array([0, 0, 70, 90], np.float32), points, 1.0)
    changed = effect.apply(picture, face, solid(70, 90))
    assert changed.alpha[30, 20] == 0
    assert changed.alpha[30, 50] == changed.alpha[0, 0] == 255


@pytest.mark.parametrize("points", [np.full((5, 2), np.nan), np.full((5, 2), 7.0), None])
def test_points_that_are_no_face_or_outside_change_nothing(
    points: NDArray[np.float64] | None, effect: OcclusionEffect
) -> None:
    if points is None:
        points = crop_to_picture(TEMPLATE, 1.0, 0.0, 5000, 5000).astype(np.float64)
    face = Face(np.array([0, 0, 9, 9], np.float32), points.astype(np.float32), 1.0)
    patch = solid(40, 40)
    picture = Picture(np.full((40, 40, 3), BLUE, np.uint8))
    assert effect.apply(picture, face, patch) is patch


def test_a_face_that_is_not_pasted_is_not_looked_at(
    target: Picture, face: Face, effect: OcclusionEffect
) -> None:
    box = Box(0, 0, 8, 8)
    nothing = Patch(box, np.zeros((8, 8, 3), np.uint8), np.zeros((8, 8), np.uint8))
    picture = Picture(target.bgr)
    assert effect.apply(picture, face, nothing) is nothing
    assert not picture.regions

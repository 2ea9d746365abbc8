from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from insightface.utils import face_align
from numpy.typing import NDArray

from dlc.faces.alignment import aligned_crop, arcface_matrix
from dlc.geometry import Box
from tests.faces.pictures import Picture

# insightface calls what newer versions of scikit-image announce the end of.
pytestmark = pytest.mark.filterwarnings("ignore:.estimate. is deprecated:FutureWarning")

WIDTH, HEIGHT = 240, 160
NOISE = np.random.default_rng(0).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)
SIZES = st.sampled_from([112, 128, 224, 256, 512])


@st.composite
def face_points(draw: st.DrawFn) -> NDArray[np.float32]:
    """Points of faces inside the picture, at its edges and beyond, 5 to 2,000 pixels wide."""
    scale = math.exp(draw(st.floats(math.log(0.05), math.log(20))))
    angle = draw(st.floats(-math.pi, math.pi))
    turn = scale * np.array(
        [[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]]
    )
    center = [draw(st.floats(-60, WIDTH + 60)), draw(st.floats(-60, HEIGHT + 60))]
    seed = draw(st.integers(0, 2**32 - 1))
    shape = face_align.arcface_dst + np.random.default_rng(seed).normal(0, 4, (5, 2))
    return ((shape - (56, 72)) @ turn.T + center).astype(np.float32)


@given(face_points(), SIZES)
def test_the_matrix_is_insightfaces(points: NDArray[np.float32], size: int) -> None:
    matrix = arcface_matrix(points, size)
    assert matrix is not None
    assert matrix.dtype == np.float64
    expected = face_align.estimate_norm(points, size)
    # insightface computes in single precision.
    scale = np.hypot(*matrix[:, 0])
    np.testing.assert_allclose(matrix[:, :2], expected[:, :2], rtol=0, atol=1e-5 * scale)
    corners = np.array([[0, WIDTH, 0], [0, 0, HEIGHT], [1, 1, 1]])
    np.testing.assert_allclose(
        matrix @ corners, expected @ corners, rtol=0, atol=5e-3 * (1 + scale)
    )


def test_points_seen_in_a_mirror_get_insightfaces_matrix_too() -> None:
    points = face_align.arcface_dst * (-1, 1) + (150, 0)
    matrix = arcface_matrix(points.astype(np.float32), 112)
    assert matrix is not None
    expected = face_align.estimate_norm(points.astype(np.float32), 112)
    np.testing.assert_allclose(matrix, expected, rtol=1e-4)


@given(face_points(), SIZES)
def test_a_crop_is_that_of_the_whole_picture(points: NDArray[np.float32], size: int) -> None:
    matrix = arcface_matrix(points, size)
    assert matrix is not None
    crop = aligned_crop(Picture(NOISE), matrix, size)
    expected = cv2.warpAffine(NOISE, matrix, (size, size), borderValue=0.0)
    assert crop.dtype == np.uint8
    assert crop.shape == (size, size, 3)
    assert cv2.absdiff(crop, expected).max() <= 1


def test_a_crop_of_a_photo_is_insightfaces(group: NDArray[np.uint8]) -> None:
    points = (face_align.arcface_dst * 1.4 + (500, 250)).astype(np.float32)
    matrix = arcface_matrix(points, 128)
    assert matrix is not None
    expected, _ = face_align.norm_crop2(group, points, 128)
    difference = cv2.absdiff(aligned_crop(Picture(group), matrix, 128), expected)
    assert difference.max() <= 1
    assert np.count_nonzero(difference) < 0.005 * difference.size


def test_only_the_surroundings_of_the_face_are_read() -> None:
    picture = Picture(NOISE)
    # At this scale the crop of 112 pixels covers 56 of the picture: from 60 to 115.5 and 40 to 95.5
    matrix = np.array([[2.0, 0, -120], [0, 2.0, -80]])
    aligned_crop(picture, matrix, 112)
    assert picture.regions == [Box(59, 39, 118, 98)]


@pytest.mark.parametrize("center", [(-500, 80), (2000, 80), (100, -500), (1e9, 1e9)])
def test_beyond_the_picture_a_crop_is_black_and_nothing_is_read(
    center: tuple[float, float],
) -> None:
    picture = Picture(NOISE)
    matrix = np.array([[1.0, 0, 56 - center[0]], [0, 1.0, 56 - center[1]]])
    assert not aligned_crop(picture, matrix, 112).any()
    assert not picture.regions


FACE = face_align.arcface_dst


def _unlike_a_face() -> NDArray[np.float64]:
    """Return points that fit the template no better for being turned or scaled in any way."""
    face = FACE @ np.array([1, 1j])
    face -= face.mean()
    points = np.array([10, 20j, -30, 5 + 5j, -20j])
    points -= points.mean()
    points -= face * np.vdot(face, points) / np.vdot(face, face)
    return np.column_stack([points.real, points.imag]) + 100


@pytest.mark.parametrize(
    "points",
    [
        np.full((5, 2), 7.0),
        np.full((5, 2), np.nan),
        np.where(np.arange(10).reshape(5, 2) == 3, np.inf, FACE),
        FACE * 0.01,
        FACE * 1e4,
        FACE * 1e-25,
        FACE * 1e30,
        _unlike_a_face(),
    ],
    ids=["one place", "NaN", "infinite", "tiny", "huge", "denormal", "overflow", "no face"],
)
def test_points_that_are_no_face_have_no_matrix(points: NDArray[np.float64]) -> None:
    with np.errstate(all="raise", under="ignore"):
        assert arcface_matrix(points.astype(np.float32), 112) is None


@pytest.mark.parametrize("size", [100, 160, 1])
def test_a_size_that_no_model_takes_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="not a multiple of 112 or 128"):
        arcface_matrix(FACE, size)

"""Motion between frames: measured to a fraction of a pixel, and refused where it is doubtful."""

from __future__ import annotations

import cmath
import math

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from dlc.faces.face import Face
from dlc.faces.tracking.motion import Similarity, measure_motion, moved
from tests import clips

# The astronaut's face as seen by eye.
FACE = Face(
    np.array([172, 62, 272, 200], np.float32),
    np.array([(203, 112), (246, 112), (225, 140), (205, 158), (245, 158)], np.float32),
    1.0,
)
EYES = 43.0


@pytest.fixture(scope="module")
def photo() -> NDArray[np.uint8]:
    return np.asarray(cv2.cvtColor(clips.astronaut(), cv2.COLOR_BGR2GRAY), np.uint8)


def similarity(scale: float, degrees: float, x: float, y: float) -> Similarity:
    """Return a scaling and turn about the face's center followed by a move."""
    factor = cmath.rect(scale, math.radians(degrees))
    center = complex(*FACE.box.reshape(2, 2).mean(axis=0))
    return Similarity(factor, center - factor * center + complex(x, y))


def warped(picture: NDArray[np.uint8], motion: Similarity) -> NDArray[np.uint8]:
    a, b = motion.factor.real, motion.factor.imag
    matrix = np.array([[a, -b, motion.offset.real], [b, a, motion.offset.imag]])
    size = (picture.shape[1], picture.shape[0])
    return np.asarray(cv2.warpAffine(picture, matrix, size, borderMode=cv2.BORDER_REFLECT_101))


def error(motion: Similarity, truth: Similarity) -> float:
    """Return the distance of the five points from where they belong, in distances of the eyes."""
    off = motion.apply(FACE.points) - truth.apply(FACE.points)
    return float(np.linalg.norm(off, axis=1).max()) / EYES


@settings(max_examples=40)
@given(
    scale=st.floats(0.9, 1.1),
    degrees=st.floats(-8, 8),
    x=st.floats(-30, 30),
    y=st.floats(-30, 30),
)
def test_a_known_motion_is_measured(scale: float, degrees: float, x: float, y: float) -> None:
    photo = np.asarray(cv2.cvtColor(clips.astronaut(), cv2.COLOR_BGR2GRAY), np.uint8)
    truth = similarity(scale, degrees, x, y)
    motion = measure_motion(photo, warped(photo, truth), FACE)
    assert motion is not None
    assert error(motion, truth) < 0.02


@pytest.mark.parametrize("zoom", [0.5, 2.0, 3.0])
def test_a_face_of_another_size_than_the_pictures_it_is_measured_in(
    photo: NDArray[np.uint8], zoom: float
) -> None:
    truth = similarity(1.03, 2, 9, -6)
    size = (round(photo.shape[1] / zoom), round(photo.shape[0] / zoom))
    before, after = (
        np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
        for picture in (photo, warped(photo, truth))
    )
    motion = measure_motion(before, after, FACE, photo.shape[1] / size[0])
    assert motion is not None
    assert error(motion, truth) < 0.03


def test_light_and_noise_do_not_move_a_face(photo: NDArray[np.uint8]) -> None:
    noise = np.random.default_rng(1).normal(0, 4, photo.shape)
    after = np.clip(photo * 1.1 + 6 + noise, 0, 255).astype(np.uint8)
    motion = measure_motion(photo, after, FACE)
    assert motion is not None
    assert error(motion, similarity(1, 0, 0, 0)) < 0.02


@pytest.mark.parametrize(
    "truth",
    [
        similarity(1, 0, 70, 0),
        similarity(1, 0, 0, -60),
        similarity(1.5, 0, 0, 0),
        similarity(1, 40, 0, 0),
    ],
    ids=["far", "up", "near", "turned"],
)
def test_what_is_too_much_for_one_frame_is_never_measured_wrong(
    photo: NDArray[np.uint8], truth: Similarity
) -> None:
    motion = measure_motion(photo, warped(photo, truth), FACE)
    assert motion is None or error(motion, truth) < 0.02


def test_another_picture_is_no_motion(photo: NDArray[np.uint8]) -> None:
    other = cv2.resize(cv2.cvtColor(clips.group(), cv2.COLOR_BGR2GRAY), photo.shape[::-1])
    assert measure_motion(photo, np.asarray(other, np.uint8), FACE) is None
    assert measure_motion(photo, photo[:, ::-1].copy(), FACE) is None


def test_a_covered_face_is_refused(photo: NDArray[np.uint8]) -> None:
    covered = photo.copy()
    covered[90:220, 160:280] = 90
    assert measure_motion(photo, covered, FACE) is None


def test_a_face_without_features_is_refused(photo: NDArray[np.uint8]) -> None:
    flat = np.full_like(photo, 128)
    assert measure_motion(flat, flat, FACE) is None


def test_a_face_outside_the_picture_is_refused(photo: NDArray[np.uint8]) -> None:
    away = moved(FACE, Similarity(1, 3000))
    assert measure_motion(photo, photo, away) is None


def test_everything_known_of_a_face_moves_with_it() -> None:
    mesh = np.random.default_rng(2).normal(200, 20, (478, 3)).astype(np.float32)
    face = Face(
        FACE.box, FACE.points, 0.9, landmarks=mesh, landmarks_106=mesh[:106, :2], track_id=7
    )
    quarter = moved(face, Similarity(2j, 0))
    assert (quarter.score, quarter.track_id) == (0.9, 7)
    np.testing.assert_allclose(quarter.points, face.points[:, ::-1] * (-2, 2), rtol=1e-5)
    assert quarter.landmarks is not None
    np.testing.assert_allclose(quarter.landmarks[:, :2], mesh[:, 1::-1] * (-2, 2), rtol=1e-5)
    np.testing.assert_allclose(quarter.landmarks[:, 2], mesh[:, 2] * 2, rtol=1e-5)
    assert quarter.landmarks_106 is not None
    np.testing.assert_allclose(quarter.landmarks_106, mesh[:106, 1::-1] * (-2, 2), rtol=1e-5)
    sides = quarter.box.reshape(2, 2)
    np.testing.assert_allclose(sides[1] - sides[0], (200, 276), rtol=1e-5)
    np.testing.assert_allclose(sides.mean(axis=0), (-262, 444), rtol=1e-5)

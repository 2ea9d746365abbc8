from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from dlc.faces.face import Face
from dlc.faces.landmarks.credibility import FULL_YAW, MAX_YAW, credibility, head_yaw
from dlc.faces.landmarks.pose import load_mean_face


@pytest.fixture(scope="module")
def mean_face() -> NDArray[np.float32]:
    return np.asarray(load_mean_face() * 200 + 300, np.float32)


def face_of(landmarks: NDArray[np.float32], presence: float = 1.0) -> Face:
    return Face(np.zeros(4, np.float32), np.zeros((5, 2), np.float32), presence, landmarks)


def turned(landmarks: NDArray[np.float32], yaw: float, roll: float = 0.0) -> NDArray[np.float32]:
    """Turn a face towards the viewer's right by `yaw` and then the picture by `roll` degrees."""
    a, b = math.radians(yaw), math.radians(roll)
    around_y = np.array([[math.cos(a), 0, math.sin(a)], [0, 1, 0], [-math.sin(a), 0, math.cos(a)]])
    around_z = np.array([[math.cos(b), math.sin(b), 0], [-math.sin(b), math.cos(b), 0], [0, 0, 1]])
    center = landmarks.mean(axis=0)
    return ((landmarks - center) @ around_y @ around_z + center).astype(np.float32)


@given(yaw=st.floats(-60, 60), roll=st.floats(-180, 180))
def test_yaw_is_that_of_a_turned_face(
    mean_face: NDArray[np.float32], yaw: float, roll: float
) -> None:
    # The constant behind it is for people in general, not for this very shape.
    assert head_yaw(turned(mean_face, yaw, roll)) == pytest.approx(yaw, abs=4)


def test_depth_plays_no_part_in_yaw(mean_face: NDArray[np.float32]) -> None:
    landmarks = turned(mean_face, 30)
    flat = landmarks * [1, 1, 0.3]
    assert head_yaw(flat.astype(np.float32)) == pytest.approx(head_yaw(landmarks), abs=1e-3)


@pytest.mark.parametrize("side", [-1, 1])
def test_profiles_are_not_credible(mean_face: NDArray[np.float32], side: int) -> None:
    assert credibility(face_of(turned(mean_face, side * (FULL_YAW - 5)))) == 1
    assert credibility(face_of(turned(mean_face, side * (MAX_YAW + 5)))) == 0
    ramp = [credibility(face_of(turned(mean_face, side * yaw))) for yaw in np.arange(30, 50)]
    assert ramp == sorted(ramp, reverse=True)
    assert any(0 < value < 1 for value in ramp)


def test_the_astronaut_is_credible(astronaut_mesh: NDArray[np.float32]) -> None:
    assert credibility(face_of(astronaut_mesh)) == 1
    assert abs(head_yaw(astronaut_mesh)) < 10


def test_faces_hardly_there_or_without_landmarks_are_not(mean_face: NDArray[np.float32]) -> None:
    assert credibility(face_of(mean_face, presence=0.4)) == 0
    assert credibility(replace(face_of(mean_face), landmarks=None)) == 0
    assert credibility(face_of((mean_face * 0.05).astype(np.float32))) == 0
    assert credibility(face_of(np.full_like(mean_face, np.nan))) == 0


@pytest.mark.parametrize("axes", [(0.3, 1, 1), (1, 0.3, 0.3), (0, 0, 0)])
def test_degenerate_shapes_are_not(
    mean_face: NDArray[np.float32], axes: tuple[float, float, float]
) -> None:
    assert credibility(face_of((mean_face * np.array(axes)).astype(np.float32))) == 0


def test_a_mesh_with_eyes_grown_together_is_not(mean_face: NDArray[np.float32]) -> None:
    broken = mean_face.copy()
    broken[33] = broken[263] - [10, 0, 0]
    assert credibility(face_of(broken)) == 0

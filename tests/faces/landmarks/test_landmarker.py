from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from dlc.faces.crop import Square, cut_out
from dlc.faces.detection.detector import FaceDetector
from dlc.faces.landmarks.landmarker import FaceLandmarker, square_of_face, square_of_mesh
from tests.faces.pictures import Picture, moved


def find(
    landmarker: FaceLandmarker, bgr: NDArray[np.uint8], square: Square
) -> tuple[NDArray[np.float32], float]:
    cutout = cut_out(Picture(bgr), square, 256)
    assert cutout is not None
    return landmarker.find(cutout, square)


def test_the_mesh_agrees_with_the_detector(
    detector: FaceDetector, landmarker: FaceLandmarker, astronaut: NDArray[np.uint8]
) -> None:
    (face,) = detector.detect(astronaut)
    landmarks, presence = find(landmarker, astronaut, square_of_face(face))
    assert landmarks.shape == (468, 3)
    assert landmarks.dtype == np.float32
    assert presence > 0.99
    corners = landmarks[[33, 133, 362, 263], :2]
    np.testing.assert_allclose(corners[:2].mean(axis=0), face.points[0], atol=6)
    np.testing.assert_allclose(corners[2:].mean(axis=0), face.points[1], atol=6)
    np.testing.assert_allclose(landmarks[1, :2], face.points[2], atol=10)
    # The tip of the nose is nearer to the camera than the ears.
    assert landmarks[1, 2] < landmarks[[234, 454], 2].min()


@pytest.mark.parametrize("degrees", [-70, 25, 180])
@pytest.mark.parametrize("scale", [0.6, 3.0])
def test_the_mesh_turns_and_grows_with_the_picture(
    landmarker: FaceLandmarker,
    astronaut: NDArray[np.uint8],
    astronaut_mesh: NDArray[np.float32],
    degrees: float,
    scale: float,
) -> None:
    angle = math.radians(degrees)
    turn = scale * np.array(
        [[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]]
    )
    center = astronaut_mesh[:468, :2].mean(axis=0)
    side = round(400 * scale)
    matrix = np.column_stack([turn, side / 2 - turn @ center])
    expected = np.column_stack(
        [astronaut_mesh[:, :2] @ turn.T + matrix[:, 2], astronaut_mesh[:, 2] * scale]
    ).astype(np.float32)
    bgr = moved(astronaut, matrix, (side, side))
    landmarks, presence = find(landmarker, bgr, square_of_mesh(expected))
    assert presence > 0.9
    # The iris model moves the vertices around the eyes, so compare the others.
    outer = np.r_[0, 1, 4, 10, 61, 152, 234, 291, 454]
    width = np.linalg.norm(expected[454] - expected[234])
    distances = np.linalg.norm(landmarks[outer, :2] - expected[outer, :2], axis=1)
    assert distances.max() < 0.04 * width
    again = square_of_mesh(landmarks)
    turned = (again.angle - square_of_mesh(astronaut_mesh).angle - angle) % (2 * math.pi)
    assert min(turned, 2 * math.pi - turned) < 0.05


def test_a_picture_without_a_face_has_no_presence(
    landmarker: FaceLandmarker, astronaut: NDArray[np.uint8]
) -> None:
    # The astronaut's hands and the shuttle behind.
    _, presence = find(landmarker, astronaut, Square(420.0, 400.0, 120.0, 0.0))
    assert presence < 0.5


def test_the_square_of_a_mesh_holds_it_with_a_margin(astronaut_mesh: NDArray[np.float32]) -> None:
    square = square_of_mesh(astronaut_mesh)
    matrix = square.matrix(1)
    inside = astronaut_mesh[:468, :2] @ matrix[:, :2].T + matrix[:, 2]
    assert inside.min() > 0.15
    assert inside.max() < 0.85
    np.testing.assert_allclose(np.ptp(inside, axis=0).max(), 1 / 1.5, rtol=1e-4)

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from dlc.faces.crop import Square
from dlc.faces.face import Face
from dlc.faces.hands.hand import square_of_hand
from dlc.faces.hands.hand_landmarker import HandLandmarker
from tests.faces.hands.drawn import drawn, placed
from tests.faces.pictures import Picture

Bytes = NDArray[np.uint8]


@pytest.mark.parametrize("degrees", [-60, 0, 35])
def test_the_points_of_a_hand_in_front_of_a_face_are_found(
    degrees: float, hand_landmarker: HandLandmarker, astronaut: Bytes
) -> None:
    length = 60.0
    points = placed(215, 140, length, degrees)
    picture = Picture(drawn(astronaut, points, length))
    found = hand_landmarker.find(picture, square_of_hand(points))
    assert found is not None
    assert found[1] > 0.9
    assert found[0].shape == (21, 3)
    assert np.linalg.norm(found[0][:, :2] - points, axis=1).mean() < 0.12 * length


def test_a_face_is_no_hand(
    hand_landmarker: HandLandmarker, astronaut: Bytes, astronaut_face: Face
) -> None:
    left, top, right, bottom = (float(edge) for edge in astronaut_face.box)
    for size in (100.0, 150.0, 250.0):
        square = Square((left + right) / 2, (top + bottom) / 2, size, 0.0)
        found = hand_landmarker.find(Picture(astronaut), square)
        assert found is not None
        assert found[1] < 0.3


def test_there_is_nothing_outside_the_picture(hand_landmarker: HandLandmarker) -> None:
    picture = Picture(np.zeros((50, 50, 3), np.uint8))
    assert hand_landmarker.find(picture, Square(500, 500, 100, 0.0)) is None

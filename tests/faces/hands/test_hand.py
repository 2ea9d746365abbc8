from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlc.faces.hands.hand import Palm, palm_length, square_of_hand, square_of_palm
from tests.faces.hands.drawn import OPEN_HAND, placed

POSITIONS = st.floats(-500, 500)
LENGTHS = st.floats(5, 300)
DEGREES = st.floats(-179, 179)


@given(x=POSITIONS, y=POSITIONS, length=LENGTHS, degrees=DEGREES)
def test_the_square_of_a_hand_moves_grows_and_turns_with_it(
    x: float, y: float, length: float, degrees: float
) -> None:
    upright, moved = square_of_hand(placed(0, 0, 1)), square_of_hand(placed(x, y, length, degrees))
    assert moved.size == pytest.approx(upright.size * length, rel=1e-3)
    turned = math.radians(degrees)
    apart = (moved.angle - upright.angle - turned + math.pi) % (2 * math.pi) - math.pi
    assert apart == pytest.approx(0, abs=1e-3)
    cos, sin = math.cos(turned), math.sin(turned)
    center = np.array([[cos, -sin], [sin, cos]]) @ (upright.x, upright.y) * length + (x, y)
    np.testing.assert_allclose((moved.x, moved.y), center, atol=2e-3 * length + 1e-3)


@given(x=POSITIONS, y=POSITIONS, length=LENGTHS, degrees=DEGREES)
def test_the_length_of_a_palm_grows_with_it_alone(
    x: float, y: float, length: float, degrees: float
) -> None:
    assert palm_length(placed(x, y, length, degrees)) == pytest.approx(
        length * palm_length(OPEN_HAND), rel=1e-3
    )


def test_a_foreshortened_palm_keeps_its_length() -> None:
    squeezed = OPEN_HAND * np.array([1, 0.3], np.float32)
    assert palm_length(squeezed) > 0.8 * palm_length(OPEN_HAND)
    assert palm_length(np.zeros((21, 3), np.float32)) > 0


def test_a_hand_with_fingers_up_needs_no_turn_and_is_twice_as_wide() -> None:
    # Wrist below, the knuckles above it; the points that count span 60 x 100 pixels.
    points = np.zeros((21, 2), np.float32)
    points[:, 1] = 50
    points[0] = (0, 100)
    points[1:5] = (-30, 60)
    points[17:21] = (30, 50)
    points[[6, 10, 14, 18], 1] = 0
    square = square_of_hand(points)
    assert square.angle == pytest.approx(0, abs=1e-6)
    assert square.size == pytest.approx(200)
    # A tenth of its height is shifted towards the fingers.
    assert (square.x, square.y) == pytest.approx((0, 50 - 10))


@pytest.mark.parametrize(
    ("towards", "angle", "shift"),
    [((0, -1), 0, (0, -20)), ((1, 0), math.pi / 2, (20, 0)), ((-1, 0), -math.pi / 2, (-20, 0))],
)
def test_the_square_of_a_palm_lies_towards_the_fingers(
    towards: tuple[int, int], angle: float, shift: tuple[int, int]
) -> None:
    points = np.zeros((7, 2), np.float32)
    points[2] = towards
    palm = Palm(np.array([(80, 90), (120, 130)], np.float32), points, 0.9)
    square = square_of_palm(palm)
    assert math.sin(square.angle - angle) == pytest.approx(0, abs=1e-6)
    assert math.cos(square.angle - angle) == pytest.approx(1)
    assert square.size == pytest.approx(2.6 * 40)
    assert (square.x, square.y) == pytest.approx((100 + shift[0], 110 + shift[1]))

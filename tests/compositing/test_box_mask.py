from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlc.compositing.box_mask import Padding, feathered, padded
from dlc.compositing.patch import Patch
from dlc.geometry import Box

SIDE = 200


def disc(radius: int = 80) -> Patch:
    """Return a patch whose alpha is a disc in the middle."""
    alpha = np.zeros((SIDE, SIDE), np.uint8)
    cv2.circle(alpha, (SIDE // 2, SIDE // 2), radius, 255, cv2.FILLED)
    return Patch(Box(10, 20, 10 + SIDE, 20 + SIDE), np.full((SIDE, SIDE, 3), 9, np.uint8), alpha)


@pytest.mark.parametrize(
    ("padding", "turns"),
    [
        (Padding(top=0.25), 0),
        (Padding(left=0.25), 1),
        (Padding(bottom=0.25), 2),
        (Padding(right=0.25), 3),
    ],
)
def test_each_side_is_cut_by_its_share(padding: Padding, turns: int) -> None:
    patch = disc()
    upright = np.rot90(padded(patch, padding, 0.0, 0.0).alpha, -turns)
    assert not upright[: 20 + 40 - 1].any()
    np.testing.assert_array_equal(upright[20 + 40 + 3 :], np.rot90(patch.alpha, -turns)[63:])


def test_the_cut_is_as_soft_as_asked() -> None:
    column = padded(disc(), Padding(top=0.25), 0.0, 0.25).alpha[:, SIDE // 2]
    rising = column[60:100].astype(int)
    assert rising[0] < 10
    assert 110 < rising[20] < 145
    assert rising[39] > 250
    assert (np.diff(rising) >= 0).all()


@given(st.floats(-math.pi, math.pi))
def test_the_sides_turn_with_the_head(angle: float) -> None:
    alpha = padded(disc(), Padding(top=0.3), angle, 0.0).alpha
    rows, columns = np.nonzero(alpha)
    down = (rows - 99.5) * math.cos(angle) - (columns - 99.5) * math.sin(angle)
    assert down.min() == pytest.approx(-80 + 0.3 * 160, abs=2.5)
    assert down.max() == pytest.approx(80, abs=2.5)


def test_feathering_works_inwards_from_the_rim() -> None:
    patch = disc()
    soft = feathered(patch, 0.2).alpha[SIDE // 2].astype(int)
    assert soft[21] < 10
    assert 110 < soft[40] < 145
    assert soft[62] == 255
    assert not soft[patch.alpha[SIDE // 2] == 0].any()


def test_the_border_of_the_frame_is_no_rim() -> None:
    whole = Patch(
        Box(0, 0, 50, 50), np.zeros((50, 50, 3), np.uint8), np.full((50, 50), 255, np.uint8)
    )
    np.testing.assert_array_equal(feathered(whole, 0.2).alpha, whole.alpha)

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlc.faces.overlap import overlap, share_inside

boxes = st.tuples(
    st.floats(-100, 100), st.floats(-100, 100), st.floats(1, 50), st.floats(1, 50)
).map(lambda b: np.array([b[0], b[1], b[0] + b[2], b[1] + b[3]], np.float32))


@given(boxes, boxes)
def test_overlap_is_symmetric_and_a_share(a: np.ndarray, b: np.ndarray) -> None:
    assert overlap(a, b) == pytest.approx(overlap(b, a), abs=1e-6)
    assert 0 <= overlap(a, b) <= 1 + 1e-5


@given(boxes)
def test_a_box_covers_itself(box: np.ndarray) -> None:
    assert overlap(box, box) == pytest.approx(1.0, abs=1e-4)


def test_half_a_box_overlaps_by_half_and_a_disjoint_one_not_at_all() -> None:
    a, b = np.array([0, 0, 4, 4], np.float32), np.array([0, 0, 4, 2], np.float32)
    assert overlap(a, b) == pytest.approx(0.5)
    assert overlap(a, a + 4) == 0


def test_the_share_of_a_box_inside_another_one_is_its_own() -> None:
    large, small = np.array([0, 0, 4, 4], np.float32), np.array([3, 0, 5, 2], np.float32)
    assert share_inside(small, large) == pytest.approx(0.5)
    assert share_inside(large, small) == pytest.approx(1 / 8)
    assert share_inside(small, large + 8) == 0

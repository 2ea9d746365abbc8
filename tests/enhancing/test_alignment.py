from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from dlc.enhancing.alignment import ffhq_square

# Eyes, nose and corners of the mouth in FFHQ at 512 x 512, as facexlib has them.
TEMPLATE = np.array(
    [
        [192.98138, 239.94708],
        [318.90277, 240.1936],
        [256.63416, 314.01935],
        [201.26117, 371.41043],
        [313.08905, 371.15118],
    ]
)


def placed(scale: float, angle: float, x: float, y: float) -> NDArray[np.float32]:
    """Return the template's points, scaled, turned clockwise, and moved."""
    cos, sin = math.cos(angle) * scale, math.sin(angle) * scale
    points = TEMPLATE @ np.array([[cos, sin], [-sin, cos]]) + (x, y)
    return points.astype(np.float32)


@given(
    scale=st.floats(0.1, 8),
    angle=st.floats(-3, 3),
    x=st.floats(-500, 2000),
    y=st.floats(-500, 2000),
    side=st.sampled_from((256, 512)),
)
def test_the_points_come_to_lie_where_the_models_expect_them(
    scale: float, angle: float, x: float, y: float, side: int
) -> None:
    points = placed(scale, angle, x, y)
    square = ffhq_square(points)
    assert square is not None
    assert square.size == pytest.approx(512 * scale, rel=1e-4)
    matrix = square.matrix(side)
    # A square counts from its edges, and the template from the centers of pixels.
    expected = (TEMPLATE + 0.5) * side / 512
    np.testing.assert_allclose(points @ matrix[:, :2].T + matrix[:, 2], expected, atol=0.05)


def test_points_that_are_no_face_have_no_square() -> None:
    assert ffhq_square(np.full((5, 2), np.nan, np.float32)) is None
    assert ffhq_square(np.full((5, 2), 7, np.float32)) is None

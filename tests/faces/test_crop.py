from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlc.faces.crop import Cutout, Square, cut_out, to_tensor
from dlc.geometry import Box
from tests.faces.pictures import Picture, ramp

squares = st.builds(
    Square,
    x=st.floats(-50, 300),
    y=st.floats(-50, 300),
    size=st.floats(4, 400),
    angle=st.floats(-math.pi, math.pi),
    mirrored=st.booleans(),
)


@given(squares, st.integers(16, 256))
def test_points_come_back_from_the_square(square: Square, side: int) -> None:
    points = np.array([[0, 0, 1], [side, 0, -2], [side / 3, side, 0.5]], np.float32)
    placed = square.to_picture(points, side)
    matrix = square.matrix(side)
    back = placed[:, :2] @ matrix[:, :2].T + matrix[:, 2]
    np.testing.assert_allclose(back, points[:, :2], rtol=0, atol=0.01 * side / 16)
    np.testing.assert_allclose(placed[:, 2], points[:, 2] * square.size / side, rtol=1e-5)


@given(squares)
def test_bounds_hold_the_corners_inside_the_picture(square: Square) -> None:
    box = square.bounds(250, 200)
    corners = square.to_picture(np.array([[0, 0], [8, 0], [0, 8], [8, 8]], np.float32), 8)
    for x, y in corners:
        if 0 <= x < 250 and 0 <= y < 200:
            assert box.left <= x < box.right
            assert box.top <= y < box.bottom
    assert box == box.clipped(250, 200)


@given(
    x=st.floats(28, 34),
    y=st.floats(28, 34),
    size=st.floats(8, 36),
    angle=st.floats(-math.pi, math.pi),
    mirrored=st.booleans(),
    side=st.sampled_from([5, 8, 16]),
    detail=st.sampled_from([8, 12, 1000]),
)
def test_warped_pixels_come_from_where_the_square_says(
    x: float, y: float, size: float, angle: float, mirrored: bool, side: int, detail: int
) -> None:
    # On a ramp, interpolated values are coordinates, and averaging while shrinking keeps them.
    square = Square(x, y, size, angle, mirrored)
    cutout = cut_out(Picture(ramp(63, 63, step=4)), square, detail)
    assert cutout is not None
    actual = cutout.warp(square, side)[..., :2].reshape(-1, 2) / 4
    rows, columns = np.mgrid[:side, :side] + 0.5
    centers = np.stack([columns.ravel(), rows.ravel()], axis=1).astype(np.float32)
    expected = square.to_picture(centers, side)
    # Each of up to three averagings rounds by half a level up, an eighth of a pixel here.
    np.testing.assert_allclose(actual, expected, rtol=0, atol=0.8)
    np.testing.assert_allclose(actual.mean(axis=0), expected.mean(axis=0), rtol=0, atol=0.45)


def test_beyond_the_picture_its_edge_is_repeated() -> None:
    picture = Picture(ramp(60, 40))
    square = Square(0.0, 20.0, 32.0, 0.0)
    cutout = cut_out(picture, square, 1000)
    assert cutout is not None
    assert cutout.box.left == 0
    warped = cutout.warp(square, 32)
    assert (warped[:, :16, 0] == 0).all()
    np.testing.assert_allclose(warped[5, 17:, 0], np.arange(1, 16), atol=1)


def test_a_square_outside_the_picture_has_no_pixels() -> None:
    picture = Picture(ramp(60, 40))
    assert cut_out(picture, Square(-100.0, 20.0, 50.0, 0.3), 1000) is None
    assert picture.regions == []


def test_only_the_square_is_read() -> None:
    picture = Picture(ramp(200, 200))
    cut_out(picture, Square(100.0, 100.0, 40.0, 0.0), 1000)
    (box,) = picture.regions
    assert box.width <= 51
    assert box.height <= 51


@pytest.mark.parametrize("low", [0.0, -1.0])
def test_tensors_are_rgb_planes_in_range(low: float) -> None:
    images = [np.full((4, 6, 3), value, np.uint8) for value in (0, 255)]
    images[0][..., 2] = 255
    tensor = to_tensor(images, low=low)
    assert tensor.shape == (2, 3, 4, 6)
    assert tensor.dtype == np.float32
    np.testing.assert_allclose(tensor[0, 0], 1, atol=1e-6)
    np.testing.assert_allclose(tensor[0, 1:], low, atol=1e-6)
    np.testing.assert_allclose(tensor[1], 1, atol=1e-6)


@pytest.mark.parametrize(
    ("size", "factor", "halved"), [(90.0, 1, 1), (250.0, 2, 2), (390.0, 3, 2), (790.0, 7, 4)]
)
def test_halving_reads_more_pixels_rather_than_fewer(size: float, factor: int, halved: int) -> None:
    picture = Picture(np.zeros((900, 900, 3), np.uint8))
    square = Square(450.0, 450.0, size, 0.0)
    widths = []
    for halving in (False, True):
        cutout = cut_out(picture, square, 100, halving=halving)
        assert cutout is not None
        widths.append(cutout.box.width // cutout.bgr.shape[1])
    assert widths == [factor, halved]


def test_a_cutout_of_one_pixel_can_be_warped() -> None:
    cutout = Cutout(Box(3, 3, 4, 4), np.full((1, 1, 3), 7, np.uint8))
    assert (cutout.warp(Square(3.0, 3.0, 500.0, 0.0), 8) == 7).all()

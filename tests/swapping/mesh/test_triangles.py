from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from dlc.swapping.mesh.triangles import (
    barycentric,
    evaluate,
    linear_functions,
    rasterize,
    triangulate_ring,
    winding,
)

SQUARE = np.array([[0, 0], [31, 0], [31, 23], [0, 23]], np.float32)
HALVES = np.array([[0, 1, 2], [0, 2, 3]], np.int32)


def test_every_pixel_gets_its_triangle() -> None:
    numbers = rasterize(SQUARE, HALVES, (30, 40))
    assert (numbers[24:] == -1).all()
    assert (numbers[:, 32:] == -1).all()
    assert (numbers[:24, :32] >= 0).all()
    assert numbers[2, 20] == 0
    assert numbers[20, 2] == 1


def test_later_triangles_cover_earlier_ones() -> None:
    both = np.array([[0, 1, 2], [0, 1, 3]], np.int32)
    assert rasterize(SQUARE, both, (24, 32), [0, 1])[2, 16] == 1
    assert rasterize(SQUARE, both, (24, 32), [1, 0])[2, 16] == 0


def test_winding_is_twice_the_signed_area() -> None:
    np.testing.assert_allclose(winding(SQUARE, HALVES), 31 * 23)
    np.testing.assert_allclose(winding(SQUARE, HALVES[:, ::-1]), -31 * 23)


coordinates = st.floats(-50, 50, width=32)


@given(arrays(np.float64, (5, 2), elements=coordinates))
def test_barycentric_weights_rebuild_the_point(points: NDArray[np.float64]) -> None:
    corners = np.array([[[-60, -60], [70, -50], [0, 80]]], np.float64)
    weights = barycentric(points, corners.repeat(5, axis=0))
    np.testing.assert_allclose(weights.sum(axis=1), 1.0, atol=1e-9)
    np.testing.assert_allclose(weights @ corners[0], points, atol=1e-9)


@given(st.tuples(*[st.floats(-3, 3)] * 6))
def test_linear_functions_are_linear(slopes: tuple[float, ...]) -> None:
    plane = np.array(slopes, np.float32).reshape(3, 2)
    ones = np.ones((4, 1), np.float32)
    values = np.concatenate([SQUARE, ones], axis=1) @ plane
    numbers = rasterize(SQUARE, HALVES, (24, 32))
    maps = evaluate(linear_functions(SQUARE[HALVES], values[HALVES]), numbers)
    y, x = np.mgrid[:24, :32]
    expected = plane[0, :, None, None] * x + plane[1, :, None, None] * y + plane[2, :, None, None]
    assert maps.shape == (2, 24, 32)
    np.testing.assert_allclose(maps, expected, atol=2e-3)


@given(
    height=st.floats(0, 0.5),
    turn=st.floats(0, 2 * np.pi),
    values=st.tuples(*[st.floats(0, 1)] * 3),
)
def test_a_low_triangle_leads_nowhere_far(
    height: float, turn: float, values: tuple[float, ...]
) -> None:
    cos, sin = np.cos(turn), np.sin(turn)
    flat = np.array([[-2, 0], [2, 0], [0.5, height]]) @ np.array([[cos, sin], [-sin, cos]]) + 4
    function = linear_functions(
        flat[np.newaxis].astype(np.float32), np.array(values, np.float32).reshape(1, 3, 1)
    )
    around = evaluate(function, np.zeros((9, 9), np.int32))[0, 3:6, 3:6]
    # Within 1.4 pixels of its middle a map stays in the neighborhood of what its corners show.
    assert np.abs(around - np.mean(values)).max() < 2.5


def test_a_triangle_without_area_gives_numbers() -> None:
    flat = np.array([[[3, 3], [3, 3], [3, 3]]], np.float32)
    assert np.isfinite(linear_functions(flat, np.ones((1, 3, 2), np.float32))).all()


@pytest.mark.parametrize("count", [4, 5, 16, 20, 21])
def test_a_ring_is_filled_without_overlap(count: int) -> None:
    angles = np.pi + np.arange(count) * 2 * np.pi / count
    ring = np.stack([10 * np.cos(angles), 4 * np.sin(angles)], axis=1).astype(np.float32)
    triangles = np.array(triangulate_ring(list(range(count))), np.int32)
    assert triangles.shape == (count - 2, 3)
    areas = winding(ring, triangles) / 2
    assert (areas > 0).all()
    assert areas.sum() == pytest.approx(cv2.contourArea(ring), rel=1e-5)

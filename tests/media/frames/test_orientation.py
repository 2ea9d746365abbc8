"""The eight orientations, checked against Pillow's reading of EXIF and against each other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps

from dlc.geometry import Box
from dlc.media.frames.orientation import UPRIGHT, Orientation

ALL = [Orientation.from_exif(number) for number in range(1, 9)]


@pytest.mark.parametrize("number", range(1, 9))
def test_exif_numbers_mean_what_pillow_takes_them_for(number: int) -> None:
    coded = np.arange(5 * 7 * 3, dtype=np.uint8).reshape(5, 7, 3)
    image = Image.fromarray(coded)
    image.getexif()[0x0112] = number
    upright = np.asarray(ImageOps.exif_transpose(image))

    ours = Orientation.from_exif(number)

    assert np.array_equal(ours.to_upright(coded), upright)
    assert ours.upright_size(7, 5) == (upright.shape[1], upright.shape[0])


def test_unknown_exif_numbers_are_upright() -> None:
    assert Orientation.from_exif(0) == UPRIGHT
    assert Orientation.from_exif(9) == UPRIGHT


@pytest.mark.parametrize("orientation", ALL)
def test_display_matrix_moves_pixels_as_the_arrays_do(orientation: Orientation) -> None:
    coded = np.arange(5 * 7, dtype=np.uint8).reshape(5, 7)
    upright = orientation.to_upright(coded)
    a, b, _, c, d = (value / 65536 for value in orientation.display_matrix[:5])
    # The matrix moves points about the origin; the corner of the result is where x, y are least.
    points = np.array([(p, q) for q in range(5) for p in range(7)])
    moved = np.stack([a * points[:, 0] + c * points[:, 1], b * points[:, 0] + d * points[:, 1]], 1)
    moved -= moved.min(axis=0)

    for (p, q), (x, y) in zip(points, moved.astype(int), strict=True):
        assert upright[y, x] == coded[q, p]
    assert Orientation.from_display_matrix(orientation.display_matrix) == orientation


def test_a_slanted_display_matrix_counts_as_the_nearest_turn() -> None:
    slanted = (60000, 20000, 0, -20000, 60000, 0, 0, 0, 1 << 30)

    assert Orientation.from_display_matrix(slanted) == UPRIGHT


@given(
    st.sampled_from(ALL),
    st.integers(1, 9),
    st.integers(1, 9),
    st.data(),
)
def test_boxes_follow_their_pixels(
    orientation: Orientation, width: int, height: int, data: st.DataObject
) -> None:
    coded = np.arange(width * height, dtype=np.uint8).reshape(height, width)
    upright = orientation.to_upright(coded)
    rows, columns = upright.shape
    left = data.draw(st.integers(0, columns - 1))
    top = data.draw(st.integers(0, rows - 1))
    right = data.draw(st.integers(left + 1, columns))
    bottom = data.draw(st.integers(top + 1, rows))

    box = orientation.box_to_coded(Box(left, top, right, bottom), columns, rows)

    part = coded[box.top : box.bottom, box.left : box.right]
    assert np.array_equal(orientation.to_upright(part), upright[top:bottom, left:right])
    assert np.array_equal(orientation.to_coded(upright), coded)
    assert orientation.box_to_upright(box, columns, rows) == (left, top, right, bottom)

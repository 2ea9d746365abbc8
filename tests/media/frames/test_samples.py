"""The arithmetic of samples, against plain NumPy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlc.media.frames.planes import layout_of, require_layout
from dlc.media.frames.samples import blend_components, read_components, shrink_components


@given(st.integers(0, 255), st.integers(0, 255), st.integers(0, 255))
def test_full_resolution_samples_blend_to_the_nearest_level(old: int, new: int, alpha: int) -> None:
    layout = layout_of("gray")
    assert layout is not None
    plane = np.full((2, 3), old, np.uint8)

    blend_components(
        [plane], layout, [np.full((2, 3), new, np.float32)], np.full((2, 3), alpha, np.uint8)
    )

    exact = old + (new - old) * alpha / 255
    assert np.all(np.abs(plane - exact) <= 0.5001)


@given(st.lists(st.tuples(st.integers(0, 255), st.integers(0, 255)), min_size=4, max_size=4))
def test_a_chroma_sample_gets_the_share_of_each_pixel(pixels: list[tuple[int, int]]) -> None:
    layout = layout_of("yuv420p")
    assert layout is not None
    planes = [np.full((2, 2), 90, np.uint8), *(np.full((1, 1), 90, np.uint8) for _ in range(2))]
    values = np.array([value for value, _ in pixels], np.float32).reshape(2, 2)
    alpha = np.array([weight for _, weight in pixels], np.uint8).reshape(2, 2)

    blend_components(planes, layout, [values] * 3, alpha)

    exact = np.mean([90 + (value - 90) * weight / 255 for value, weight in pixels])
    assert abs(planes[1][0, 0] - exact) <= 0.501
    assert abs(planes[2][0, 0] - exact) <= 0.501


def test_unused_low_bits_stay_zero() -> None:
    layout = layout_of("p010le")
    assert layout is not None
    planes = [np.full((2, 2), 500 << 6, np.uint16), np.full((1, 1, 2), 512 << 6, np.uint16)]

    blend_components(
        planes, layout, [np.full((2, 2), 700.4, np.float32)] * 3, np.full((2, 2), 77, np.uint8)
    )

    assert all(np.all(plane & 63 == 0) for plane in planes)
    assert planes[0][0, 0] >> 6 == round(500 + 200.4 * 77 / 255)


def test_chroma_is_interpolated_between_the_centers_of_its_pixels() -> None:
    layout = layout_of("yuv422p")
    assert layout is not None
    chroma = np.array([[0, 100, 200]], np.uint8)

    components = read_components([np.zeros((1, 6), np.uint8), chroma, chroma], layout, 6, 1)

    assert components[0, :, 1] == pytest.approx([0, 25, 75, 125, 175, 200])


@pytest.mark.parametrize("pix_fmt", ["yuv420p", "nv12", "gbrp", "bgr24", "gray16le"])
def test_shrinking_averages(pix_fmt: str) -> None:
    layout = layout_of(pix_fmt)
    assert layout is not None
    planes = []
    for part in layout.planes:
        shape: tuple[int, ...] = (64 >> part.shift_y, 64 >> part.shift_x)
        if len(part.components) > 1:
            shape = (*shape, len(part.components))
        planes.append(np.full(shape, 50, layout.dtype))
        planes[-1][:, : shape[1] // 2] = 150

    small = shrink_components(planes, layout, 8, 8)

    assert np.all(small[:, :3] == 150)
    assert np.all(small[:, 5:] == 50)


@pytest.mark.parametrize(("columns", "expected"), [(64, [147, 153, 147, 153]), (63, [100] * 4)])
def test_every_row_counts_where_rows_fall_into_odd_blocks(
    columns: int, expected: list[int]
) -> None:
    layout = require_layout("gray")
    plane = np.full((60, columns), 100, np.uint8)
    plane[1::2] = 200
    small = shrink_components([plane], layout, 8, 4)
    np.testing.assert_array_equal(small, np.repeat(np.float32(expected)[:, None], 8, axis=1))

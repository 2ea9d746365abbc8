"""Color conversion, checked against published code values and against swscale."""

from __future__ import annotations

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from dlc.media.frames.color import (
    FULL,
    LIMITED,
    ColorTags,
    bgr_to_components,
    components_to_bgr,
    convert,
)
from dlc.media.frames.planes import layout_of, plane_arrays

RED, GREEN, BLUE, WHITE, BLACK = (0, 0, 255), (0, 255, 0), (255, 0, 0), (255,) * 3, (0,) * 3

# Y, Cb, Cr of saturated colors as the recommendations and test charts give them.
KNOWN = [
    (1, LIMITED, "yuv444p", RED, (63, 102, 240)),
    (1, LIMITED, "yuv444p", GREEN, (173, 42, 26)),
    (1, LIMITED, "yuv444p", BLUE, (32, 240, 118)),
    (1, LIMITED, "yuv444p", WHITE, (235, 128, 128)),
    (1, LIMITED, "yuv444p", BLACK, (16, 128, 128)),
    (6, LIMITED, "yuv444p", RED, (81, 90, 240)),
    (5, LIMITED, "yuv444p", GREEN, (145, 54, 34)),
    (6, LIMITED, "yuv444p", BLUE, (41, 240, 110)),
    (6, FULL, "yuvj444p", RED, (76, 85, 255.5)),
    (6, FULL, "yuvj444p", WHITE, (255, 128, 128)),
    (1, LIMITED, "yuv444p10le", WHITE, (940, 512, 512)),
    (1, LIMITED, "yuv444p10le", RED, (250, 409, 960)),
    (9, LIMITED, "yuv444p10le", RED, (294, 387, 960)),
]


@pytest.mark.parametrize(("matrix", "color_range", "pix_fmt", "bgr", "expected"), KNOWN)
def test_known_code_values(
    matrix: int,
    color_range: int,
    pix_fmt: str,
    bgr: tuple[int, int, int],
    expected: tuple[float, ...],
) -> None:
    layout = layout_of(pix_fmt)
    assert layout is not None
    tags = ColorTags(1, 1, matrix, color_range)
    pixel = np.array([[bgr]], np.uint8)

    components = bgr_to_components(pixel, layout, tags)

    assert [c[0, 0] for c in components] == pytest.approx(expected, abs=0.6)


@pytest.mark.parametrize("matrix", [1, 4, 5, 6, 7, 9])
@pytest.mark.parametrize("color_range", [LIMITED, FULL])
@pytest.mark.parametrize("pix_fmt", ["yuv444p", "yuv444p10le", "gbrp", "gbrp16le"])
def test_round_trip_has_no_drift(
    matrix: int, color_range: int, pix_fmt: str, astronaut: NDArray[np.uint8]
) -> None:
    layout = layout_of(pix_fmt)
    assert layout is not None
    tags = ColorTags(1, 1, matrix, color_range)

    components = [np.rint(c) for c in bgr_to_components(astronaut, layout, tags)]
    back = components_to_bgr(cv2.merge(components), layout, tags)

    difference = back.astype(int) - astronaut
    # Limited 8-bit YUV has fewer levels than RGB, so single levels may differ; the mean may not.
    assert np.abs(difference).max() <= (2 if layout.depth == 8 else 1)
    assert np.abs(difference.mean(axis=(0, 1))).max() < 0.1


@pytest.mark.parametrize("matrix", [1, 6, 9])
def test_agrees_with_swscale(matrix: int, astronaut: NDArray[np.uint8]) -> None:
    layout = layout_of("yuv444p")
    assert layout is not None
    tags = ColorTags(1, 1, matrix, LIMITED)
    frame = av.VideoFrame.from_ndarray(astronaut, format="bgr24")

    theirs = plane_arrays(convert(frame, "yuv444p", ColorTags(1, 1, 0, FULL), tags))

    for ours, plane in zip(bgr_to_components(astronaut, layout, tags), theirs, strict=True):
        assert np.abs(np.rint(ours) - plane).max() <= 1


@pytest.mark.parametrize(
    ("pix_fmt", "height", "matrix", "color_range"),
    [
        ("yuv420p", 719, 6, LIMITED),
        ("yuv420p", 720, 1, LIMITED),
        ("yuvj420p", 1080, 6, FULL),
        ("gray", 720, 1, FULL),
    ],
)
def test_open_tags_are_filled_in(pix_fmt: str, height: int, matrix: int, color_range: int) -> None:
    resolved = ColorTags().resolved(pix_fmt, height)

    assert (resolved.matrix, resolved.range) == (matrix, color_range)


def test_given_tags_are_kept() -> None:
    tags = ColorTags(9, 16, 9, LIMITED)

    assert tags.resolved("yuv420p10le", 480) == tags


def test_gray_levels_are_full_range() -> None:
    layout = layout_of("gray")
    assert layout is not None
    ramp = np.arange(256, dtype=np.float32).reshape(16, 16)

    bgr = components_to_bgr(ramp, layout, ColorTags().resolved("gray", 16))

    assert np.array_equal(bgr[..., 1].ravel(), np.arange(256))

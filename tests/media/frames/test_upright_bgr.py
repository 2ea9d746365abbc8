"""Whole pictures as BGR, beside what swscale makes of them by itself."""

from __future__ import annotations

import numpy as np
import pytest

from dlc.media.frames.color import ColorTags, convert
from dlc.media.frames.orientation import UPRIGHT, Orientation
from dlc.media.frames.upright_bgr import upright_bgr
from tests.media.material import Clip, picture


@pytest.mark.parametrize("pix_fmt", ["yuv420p", "yuv422p", "yuv444p10le", "nv12", "gray", "bgr24"])
@pytest.mark.parametrize("tags", [ColorTags(), ColorTags(1, 1, 1, 1), ColorTags(6, 6, 6, 2)])
@pytest.mark.parametrize("size", [(96, 64), (97, 65)])
def test_pixels_are_swscales_own(pix_fmt: str, tags: ColorTags, size: tuple[int, int]) -> None:
    frame = picture(Clip(*size, pix_fmt=pix_fmt), 2)
    source = tags.resolved(pix_fmt, size[1])
    packed = convert(frame, "bgr24", source, source.resolved("bgr24", size[1])).to_ndarray()
    difference = np.abs(upright_bgr(frame, tags, UPRIGHT).astype(int) - packed)
    # With an odd number of rows swscale rounds some chroma in another way.
    assert difference.max() <= size[1] % 2
    assert difference.mean() < 0.01


def test_a_turned_picture_is_upright_and_in_one_piece() -> None:
    frame = picture(Clip(64, 48), 0)
    turned = upright_bgr(frame, ColorTags(), Orientation(True, False, True))
    assert turned.shape == (64, 48, 3)
    assert turned.flags.c_contiguous
    np.testing.assert_array_equal(
        turned, Orientation(True, False, True).to_upright(upright_bgr(frame, ColorTags(), UPRIGHT))
    )

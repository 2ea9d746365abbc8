"""Pictures get the shape in which screens show them."""

from __future__ import annotations

from fractions import Fraction

import av
import pytest

from dlc.media.frames.color import ColorTags
from dlc.media.frames.orientation import UPRIGHT, Orientation
from dlc.media.live.display import Display


@pytest.mark.parametrize(
    ("ratio", "exif", "size"),
    [
        (None, 1, (45, 31)),
        (Fraction(0), 1, (45, 31)),
        (Fraction(1), 6, (31, 45)),
        (Fraction(2), 1, (90, 31)),
        (Fraction(2), 6, (16, 45)),
        (Fraction(1, 100), 1, (2, 31)),
        # As many pixels as this claims are not read from any file.
        (Fraction(1_000_000), 1, (45, 31)),
    ],
)
def test_the_width_follows_the_shape_of_the_pixels(
    ratio: Fraction | None, exif: int, size: tuple[int, int]
) -> None:
    display = Display(45, 31, ratio, Orientation.from_exif(exif))

    bgr = display.bgr_of(av.VideoFrame(45, 31, "rgb24"), ColorTags())

    assert (display.width, display.height) == size
    assert bgr.shape == (size[1], size[0], 3)


def test_a_picture_of_another_size_is_left_to_others() -> None:
    display = Display(45, 31, Fraction(2), UPRIGHT)

    assert display.bgr_of(av.VideoFrame(64, 48, "rgb24"), ColorTags()).shape == (48, 64, 3)

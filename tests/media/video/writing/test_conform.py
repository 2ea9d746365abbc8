"""What the encoder gets: the picture itself wherever that will do."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from dlc.media.frames.color import ColorTags
from dlc.media.frames.orientation import Orientation
from dlc.media.frames.planes import plane_arrays
from dlc.media.info import MediaInfo
from dlc.media.video.writing.conform import Conformer
from dlc.media.video.writing.plan import plan_video
from dlc.options import EncodeOptions
from tests.media.material import Clip, picture
from tests.media.video.writing.clip_info import INFO

TAGGED = replace(INFO, colors=ColorTags(1, 1, 1, 1))


def conformer(info: MediaInfo, name: str, encoder: str | None = None) -> Conformer:
    return Conformer(info, plan_video(Path(name), info, EncodeOptions(encoder=encoder)))


def test_a_picture_that_fits_is_passed_on_itself() -> None:
    native = picture(Clip(), 0)

    assert conformer(TAGGED, "b.mp4")(native) is native


def test_full_range_pictures_keep_their_samples_under_another_name() -> None:
    info = replace(TAGGED, pix_fmt="yuvj420p", colors=ColorTags(5, 6, 5, 2))
    native = picture(Clip(pix_fmt="yuvj420p"), 0)

    result = conformer(info, "b.webm")(native)

    assert result.format.name == "yuv420p"
    assert result.color_range == 2
    for ours, theirs in zip(plane_arrays(result), plane_arrays(native), strict=True):
        assert np.array_equal(ours, theirs)


def test_rgb_becomes_tagged_yuv_and_comes_back() -> None:
    info = replace(TAGGED, pix_fmt="bgr24", colors=ColorTags(2, 2, 0, 2))
    native = picture(Clip(pix_fmt="bgr24"), 0)

    result = conformer(info, "b.mp4")(native)

    assert result.format.name == "yuv444p"
    assert (result.colorspace, result.color_range) == (1, 1)
    back = result.to_ndarray(format="bgr24")
    assert np.abs(back.astype(int) - plane_arrays(native)[0]).max() <= 3


@pytest.mark.parametrize("exif", range(2, 9))
@pytest.mark.parametrize("pix_fmt", ["yuv420p", "nv12", "yuv420p10le", "bgra"])
def test_pictures_are_turned_upright_exactly(exif: int, pix_fmt: str) -> None:
    orientation = Orientation.from_exif(exif)
    width, height = orientation.upright_size(64, 48)
    info = replace(
        TAGGED,
        pix_fmt=pix_fmt,
        orientation=orientation,
        display_matrix=orientation.display_matrix,
        width=width,
        height=height,
        sample_aspect_ratio=Fraction(4, 3),
    )
    native = picture(Clip(pix_fmt=pix_fmt), 0)

    conform = conformer(info, "b.avi", "ffv1")
    result = conform(native)

    assert (result.width, result.height) == (width, height) == (conform.width, conform.height)
    upright = orientation.to_upright(plane_arrays(native)[0])
    assert np.array_equal(plane_arrays(result)[0], upright)
    expected = Fraction(3, 4) if orientation.transposed else Fraction(4, 3)
    assert conform.sample_aspect_ratio == expected


def test_each_gif_frame_gets_colors_of_its_own() -> None:
    info = replace(TAGGED, pix_fmt="bgra", colors=ColorTags(2, 2, 0, 2))
    conform = conformer(info, "b.gif")
    for level in (0, 90, 180):
        pixels = np.full((48, 64, 4), 255, np.uint8)
        pixels[..., :3] = np.arange(64, dtype=np.uint8)[:, None] + level

        result = conform(av.VideoFrame.from_ndarray(pixels, format="bgra"))

        assert result.format.name == "pal8"
        shown = result.to_ndarray(format="bgr24").astype(int)
        # Up to 255 different colors are kept as they are.
        assert np.array_equal(shown, pixels[..., :3])


@pytest.mark.parametrize("name", ["b.mp4", "b.avi"])
@pytest.mark.parametrize("pix_fmt", ["yuv420p", "yuv420p10le"])
def test_scaled_pictures_are_turned_after_that(name: str, pix_fmt: str) -> None:
    orientation = Orientation.from_exif(6)
    info = replace(
        TAGGED,
        pix_fmt=pix_fmt,
        width=48,
        height=64,
        orientation=orientation,
        display_matrix=orientation.display_matrix,
        sample_aspect_ratio=Fraction(4, 3),
    )
    encoding = EncodeOptions(encoder="ffv1" if name == "b.avi" else None, height=32)
    conform = Conformer(info, plan_video(Path(name), info, encoding))

    result = conform(picture(Clip(pix_fmt=pix_fmt), 0))

    upright = name == "b.avi"
    expected = (24, 32) if upright else (32, 24)
    assert (result.width, result.height) == (conform.width, conform.height) == expected
    assert conform.sample_aspect_ratio == (Fraction(3, 4) if upright else Fraction(4, 3))
    assert ColorTags.of(result) == info.colors


@pytest.mark.parametrize(
    ("rows", "height", "matrix"), [(1080, 480, 1), (480, 1080, 6), (1080, 720, 2), (480, 360, 2)]
)
def test_a_matrix_that_players_guess_from_the_height_is_told_where_they_would_err(
    rows: int, height: int, matrix: int
) -> None:
    info = replace(
        TAGGED, width=640, height=rows, coded_width=640, coded_height=rows, colors=ColorTags()
    )
    plan = plan_video(Path("b.mp4"), info, EncodeOptions(height=height))

    assert Conformer(info, plan).tags == ColorTags(matrix=matrix)

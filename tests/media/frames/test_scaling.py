"""Another size: of the right shape, with nothing else changed."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from dlc.errors import OptionError
from dlc.media.frames.planes import layout_of, plane_arrays
from dlc.media.frames.scaling import PictureScaler, resized, size_at_height
from tests.media.material import Clip, picture

MOST = 1_000_000


@pytest.mark.parametrize(
    ("size", "wanted", "step", "expected"),
    [
        ((1920, 1080), 720, 2, (1280, 720)),
        ((1080, 1920), 720, 2, (404, 720)),
        ((1080, 1920), 720, 1, (405, 720)),
        ((640, 360), 480, 4, (852, 480)),
        ((Fraction(2560, 3), 480), 240, 1, (427, 240)),
        ((20, 4000), 100, 2, (2, 100)),
        ((12, 8), 8, 1, (12, 8)),
    ],
)
def test_the_width_follows_the_height(
    size: tuple[int, int], wanted: int, step: int, expected: tuple[int, int]
) -> None:
    assert size_at_height(*size, wanted, step, MOST) == expected


@pytest.mark.parametrize(
    ("wanted", "words"),
    [(1000, "1778 x 1000 .* 1 megapixels"), (15, "at least 16"), (0, "at least"), (-2, "at least")],
)
def test_sizes_beyond_reason_are_refused(wanted: int, words: str) -> None:
    with pytest.raises(OptionError, match=f"`height` is {wanted}.*{words}"):
        size_at_height(1920, 1080, wanted, 2, MOST)


@pytest.mark.parametrize("size", [(96, 64), (200, 160)])
@pytest.mark.parametrize(
    "pix_fmt",
    [
        "yuv420p",
        "yuvj420p",
        "nv12",
        "yuv422p10le",
        "yuva444p12le",
        "p010le",
        "gray",
        "gbrp",
        "bgra",
    ],
)
def test_pictures_keep_their_format_and_their_look(pix_fmt: str, size: tuple[int, int]) -> None:
    native = picture(Clip(144, 96, pix_fmt), 3)
    native.color_range, native.colorspace, native.color_trc, native.color_primaries = 1, 9, 16, 9
    layout = layout_of(pix_fmt)
    assert layout is not None
    if pix_fmt == "bgra":
        plane_arrays(native)[0][..., 3] = 255

    scaled = PictureScaler(*size)(native)

    assert (scaled.width, scaled.height, scaled.format.name) == (*size, pix_fmt)
    peak = 1 << layout.depth
    for before, after in zip(plane_arrays(native), plane_arrays(scaled), strict=True):
        values = (before >> layout.unused_bits).astype(np.float32)
        way = cv2.INTER_AREA if size[0] < 144 else cv2.INTER_CUBIC
        expected = cv2.resize(values, after.shape[1::-1], interpolation=way)
        error = (after >> layout.unused_bits) - expected.reshape(after.shape)
        assert abs(float(error.mean())) < 0.002 * peak
        # 0.0055 with swscale's bilinear filter, 0.02 with its nearest neighbors.
        assert float(np.abs(error[2:-2, 2:-2]).mean()) < 0.005 * peak


def test_color_tags_do_not_matter_and_stay() -> None:
    results = set()
    for matrix in (2, 1, 5, 8, 9, 10, 14):
        native = picture(Clip(), 0)
        native.colorspace, native.color_range, native.color_trc = matrix, 2, 16
        scaled = PictureScaler(48, 36)(native)
        assert (scaled.colorspace, scaled.color_range, scaled.color_trc) == (matrix, 2, 16)
        results.add(b"".join(plane.tobytes() for plane in plane_arrays(scaled)))
    assert len(results) == 1


def test_the_fields_of_interlaced_pictures_do_not_mix() -> None:
    native = interlaced_picture()

    scaled = PictureScaler(48, 32)(native)

    assert scaled.interlaced_frame
    for plane in plane_arrays(scaled):
        assert set(np.unique(plane[::2])) == {50}
        assert set(np.unique(plane[1::2])) == {200}


def interlaced_picture() -> av.VideoFrame:
    """Return a picture of 64 x 48 whose fields are dark and light."""
    encoder = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height, encoder.pix_fmt = 64, 48, "yuv420p"
    encoder.time_base = Fraction(1, 25)
    encoder.options = {"qp": "0", "x264-params": "interlaced=1"}
    native = av.VideoFrame(64, 48, "yuv420p")
    for plane in plane_arrays(native):
        plane[::2], plane[1::2] = 50, 200
    decoder = av.CodecContext.create("h264", "r")
    packets = [*encoder.encode(native), *encoder.encode(None)]
    frames = [frame for packet in packets for frame in decoder.decode(packet)]
    (frame,) = [*frames, *decoder.decode(None)]
    assert frame.interlaced_frame
    return frame


@pytest.mark.parametrize("size", [(30, 20), (70, 50)])
@pytest.mark.parametrize("shape", [(40, 60), (40, 60, 3), (40, 60, 4)])
@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_pixels_keep_type_and_channels(
    size: tuple[int, int], shape: tuple[int, ...], kind: type[Any]
) -> None:
    pixels = np.full(shape, np.iinfo(kind).max // 3, kind)
    pixels[..., 20:30, :] = 7

    scaled = resized(pixels, *size)

    assert scaled.dtype == kind
    assert scaled.shape == (size[1], size[0], *shape[2:])


@pytest.mark.parametrize("size", [(31, 23), (70, 50)])
@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_the_color_of_what_is_transparent_does_not_show(
    size: tuple[int, int], kind: type[Any]
) -> None:
    color, most = np.array([10, 20, 200], kind), np.iinfo(kind).max
    pixels: NDArray[Any] = np.full((40, 60, 4), most, kind)
    pixels[..., 3] = 0
    pixels[9:30, 17:41, :3], pixels[9:30, 17:41, 3] = color, most

    scaled = resized(pixels, *size)

    opacity = scaled[..., 3] / most
    assert 0.3 < opacity.mean() * 60 * 40 / (21 * 24) < 3
    assert ((opacity > 0.05) & (opacity < 0.95)).any()
    shown = scaled[opacity > 0.05][:, :3].astype(int)
    assert np.abs(shown - color).max() <= 1

"""Pixel layouts, checked against what FFmpeg says of its formats."""

from __future__ import annotations

import av
import numpy as np
import pytest

from dlc.media.frames.planes import addressable_format, layout_of, plane_arrays

FORMATS = [
    *("yuv420p", "yuv422p", "yuv444p", "yuv440p", "yuv410p", "yuv411p", "yuvj420p", "yuvj444p"),
    *("yuv420p9le", "yuv420p10le", "yuv422p10le", "yuv444p12le", "yuv444p16le"),
    *("yuva420p", "yuva444p10le", "nv12", "nv21", "nv16", "nv24", "p010le", "p016le", "p210le"),
    *("gray", "gray10le", "gray16le", "ya8", "ya16le", "gbrp", "gbrp10le", "gbrap", "gbrap16le"),
    *("rgb24", "bgr24", "rgba", "bgra", "argb", "abgr", "rgb0", "bgr0", "rgb48le", "bgra64le"),
]


@pytest.mark.parametrize("name", FORMATS)
def test_layout_agrees_with_ffmpeg(name: str) -> None:
    layout = layout_of(name)
    fmt = av.VideoFormat(name, 64, 48)

    assert layout is not None
    colors = [c for c in fmt.components if not c.is_alpha]
    assert layout.depth == colors[0].bits
    assert layout.component_count == len(colors)
    assert layout.has_alpha == any(c.is_alpha for c in fmt.components)
    assert layout.is_rgb == fmt.is_rgb
    for number, plane in enumerate(layout.planes):
        component = next(c for c in fmt.components if c.plane == number)
        assert component.width == 64 >> plane.shift_x
        assert component.height == 48 >> plane.shift_y


@pytest.mark.parametrize("name", FORMATS)
def test_planes_share_the_frame_memory(name: str) -> None:
    frame = av.VideoFrame(30, 14, name)
    for plane in plane_arrays(frame):
        plane[...] = 0
    first = plane_arrays(frame)[0]
    first[2, 3] = 77

    assert np.all(plane_arrays(frame)[0][2, 3] == 77)
    assert all(plane.shape[0] in (14, 7, 4) for plane in plane_arrays(frame))


@pytest.mark.parametrize("name", ["rgb24", "bgr24", "rgba", "argb", "bgra"])
def test_packed_rgb_components_are_where_they_should_be(name: str) -> None:
    red = np.zeros((4, 4, 3), np.uint8)
    red[..., 0] = 255
    frame = av.VideoFrame.from_ndarray(red, format="rgb24").reformat(format=name)
    layout = layout_of(name)
    assert layout is not None

    pixel = plane_arrays(frame)[0][0, 0]

    levels = {
        c: v for c, v in zip(layout.planes[0].components, pixel, strict=True) if c is not None
    }
    assert levels == {0: 0, 1: 0, 2: 255}


@pytest.mark.parametrize(
    ("stored", "addressable"),
    [
        ("pal8", "bgra"),
        ("yuyv422", "yuv422p"),
        ("uyvy422", "yuv422p"),
        ("yuv420p10be", "yuv420p10le"),
        ("gray16be", "gray16le"),
        ("rgb565le", "bgr24"),
        ("rgb8", "bgr24"),
        ("monob", "gray"),
        ("rgb48be", "bgr48le"),
        ("y210le", "yuv422p10le"),
        ("yuv420p", "yuv420p"),
    ],
)
def test_unaddressable_formats_have_a_close_addressable_one(stored: str, addressable: str) -> None:
    assert addressable_format(stored) == addressable


def test_every_format_of_ffmpeg_has_an_addressable_one() -> None:
    for name in av.video.frame.supported_np_pix_fmts:
        assert layout_of(addressable_format(name)) is not None


def test_planes_of_a_palette_are_refused() -> None:
    with pytest.raises(ValueError, match="pal8"):
        plane_arrays(av.VideoFrame(8, 8, "pal8"))

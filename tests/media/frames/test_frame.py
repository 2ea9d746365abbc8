"""Regions and pastes in native samples, in every layout and orientation."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from dlc.geometry import Box
from dlc.media.frames.color import ColorTags
from dlc.media.frames.frame import Frame
from dlc.media.frames.orientation import UPRIGHT, Orientation
from dlc.media.frames.planes import PlaneLayout, layout_of, plane_arrays
from tests.media.material import Clip, make, picture

FORMATS = [
    *("yuv420p", "yuv422p", "yuv444p", "yuv440p", "yuv410p", "yuvj420p", "nv12", "nv21", "p010le"),
    *("yuv420p10le", "yuv422p10le", "yuv444p12le", "yuva420p", "yuva444p10le", "gray", "gray16le"),
    *("gbrp", "gbrap10le", "rgb24", "bgr24", "bgra", "argb", "rgba64le", "ya8"),
]
EXACT = ["yuv444p10le", "yuv444p12le", "gbrp", "gbrp10le", "bgr24", "rgba", "bgra64le"]


def frame_of(
    pix_fmt: str, width: int, height: int, orientation: Orientation = UPRIGHT, index: int = 0
) -> Frame:
    clip = Clip(width, height, pix_fmt)
    return Frame(picture(clip, index), orientation=orientation)


@st.composite
def boxes(draw: st.DrawFn, width: int, height: int) -> Box:
    left, top = draw(st.integers(0, width - 1)), draw(st.integers(0, height - 1))
    right, bottom = draw(st.integers(left + 1, width)), draw(st.integers(top + 1, height))
    return Box(left, top, right, bottom)


def random_patch(box: Box, seed: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    rng = np.random.default_rng(seed)
    bgr = rng.integers(0, 256, (box.height, box.width, 3), np.uint8)
    alpha = rng.choice(np.array([0, 0, 1, 128, 255], np.uint8), (box.height, box.width))
    return bgr, alpha


def touched(
    part: PlaneLayout, shape: tuple[int, ...], mask: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Return which samples of a plane cover a pixel that `mask`, in coded orientation, marks."""
    rows, columns = np.nonzero(mask)
    samples = np.zeros(shape[:2], bool)
    samples[rows >> part.shift_y, columns >> part.shift_x] = True
    return samples


@settings(max_examples=150)
@given(
    st.sampled_from(FORMATS),
    st.integers(1, 8),
    st.integers(2, 33),
    st.integers(2, 33),
    st.integers(0, 1000),
    st.data(),
)
def test_paste_changes_only_samples_under_the_alpha(
    pix_fmt: str, exif: int, width: int, height: int, seed: int, data: st.DataObject
) -> None:
    orientation = Orientation.from_exif(exif)
    frame = frame_of(pix_fmt, width, height, orientation)
    before = [plane.copy() for plane in plane_arrays(frame.native)]
    box = data.draw(boxes(frame.width, frame.height))
    bgr, alpha = random_patch(box, seed)

    frame.paste(box, bgr, alpha)

    mask = np.zeros((frame.height, frame.width), np.uint8)
    mask[box.top : box.bottom, box.left : box.right] = alpha
    mask = orientation.to_coded(mask) > 0
    layout = layout_of(pix_fmt)
    assert layout is not None
    for old, new, part in zip(before, plane_arrays(frame.native), layout.planes, strict=True):
        changed = (old != new) if old.ndim == 2 else (old != new).any(axis=2)
        assert not (changed & ~touched(part, old.shape, mask)).any()
        opacity = [i for i, c in enumerate(part.components) if c is None]
        if old.ndim == 3 and layout.has_alpha:
            assert np.array_equal(old[..., opacity], new[..., opacity])
        elif opacity:
            assert np.array_equal(old, new)


@settings(max_examples=100)
@given(st.sampled_from(EXACT), st.integers(1, 8), st.integers(0, 1000), st.data())
def test_an_opaque_paste_comes_back(
    pix_fmt: str, exif: int, seed: int, data: st.DataObject
) -> None:
    frame = frame_of(pix_fmt, 21, 17, Orientation.from_exif(exif))
    box = data.draw(boxes(frame.width, frame.height))
    bgr = np.random.default_rng(seed).integers(0, 256, (box.height, box.width, 3), np.uint8)

    frame.paste(box, bgr, np.full(bgr.shape[:2], 255, np.uint8))

    assert np.abs(frame.region(box).astype(int) - bgr).max() <= 1
    assert (
        np.abs(frame.to_bgr()[box.top : box.bottom, box.left : box.right].astype(int) - bgr).max()
        <= 1
    )


@settings(max_examples=100)
@given(
    st.sampled_from(FORMATS), st.integers(1, 8), st.integers(2, 40), st.integers(2, 40), st.data()
)
def test_a_region_is_that_part_of_the_whole(
    pix_fmt: str, exif: int, width: int, height: int, data: st.DataObject
) -> None:
    frame = frame_of(pix_fmt, width, height, Orientation.from_exif(exif))
    box = data.draw(boxes(frame.width, frame.height))

    region = frame.region(box)

    whole = frame.to_bgr()
    assert whole.shape == (frame.height, frame.width, 3)
    part = whole[box.top : box.bottom, box.left : box.right]
    assert np.abs(region.astype(int) - part).max() <= 1


@pytest.mark.parametrize("exif", range(1, 9))
def test_upright_pixels_are_those_a_viewer_sees(exif: int, astronaut: NDArray[np.uint8]) -> None:
    orientation = Orientation.from_exif(exif)
    coded = orientation.to_coded(astronaut[:300, :400])
    native = av.VideoFrame.from_ndarray(np.ascontiguousarray(coded), format="bgr24")
    frame = Frame(native, orientation=orientation)

    assert (frame.width, frame.height) == (400, 300)
    assert np.array_equal(frame.to_bgr(), astronaut[:300, :400])
    assert np.array_equal(frame.region(Box(11, 22, 333, 200)), astronaut[22:200, 11:333])
    assert frame.thumbnail(100).shape == (75, 100, 3)


@pytest.mark.parametrize("pix_fmt", ["yuv420p", "yuvj420p", "nv12", "yuv420p10le", "yuv422p"])
@pytest.mark.parametrize("tags", [ColorTags(1, 1, 1, 1), ColorTags(6, 6, 6, 2)])
def test_pasting_what_was_read_does_not_drift(
    pix_fmt: str, tags: ColorTags, astronaut: NDArray[np.uint8]
) -> None:
    frame = Frame(av.VideoFrame(512, 512, pix_fmt), tags=tags)
    everything, opaque = Box(0, 0, 512, 512), np.full((512, 512), 255, np.uint8)
    frame.paste(everything, astronaut, opaque)
    once = frame.to_bgr().astype(int)
    for _ in range(5):
        frame.paste(everything, frame.to_bgr(), opaque)

    assert np.abs((once - astronaut).mean(axis=(0, 1))).max() < 0.1
    # Colors that subsampling puts out of range are clipped each time; nothing else moves the mean.
    assert np.abs((frame.to_bgr() - once).mean(axis=(0, 1))).max() < 0.2


def test_ten_bits_get_values_between_eight_bit_levels() -> None:
    frame = Frame(av.VideoFrame(64, 64, "yuv420p10le"), tags=ColorTags(1, 1, 1, 1))
    for plane in plane_arrays(frame.native):
        plane[...] = 512
    ramp = np.tile(np.arange(64, dtype=np.uint8), (64, 1))
    gray = np.full((64, 64, 3), 200, np.uint8)

    frame.paste(Box(0, 0, 64, 64), gray, ramp)

    levels = np.unique(plane_arrays(frame.native)[0])
    # An 8-bit level is four 10-bit ones: none is left out on the way from alpha 0 to 63.
    assert np.array_equal(levels, np.arange(512, 572))


def test_chroma_takes_the_weighted_mean_of_its_pixels() -> None:
    frame = Frame(av.VideoFrame(4, 4, "yuv420p"), tags=ColorTags(1, 1, 1, 1))
    for plane in plane_arrays(frame.native):
        plane[...] = 128
    bgr = np.zeros((4, 4, 3), np.uint8)
    bgr[..., 0] = 255
    alpha = np.zeros((4, 4), np.uint8)
    alpha[0, 0], alpha[0, 1] = 255, 51
    bgr[alpha == 0] = (7, 250, 3)  # Whatever lies under alpha 0 has no say.

    frame.paste(Box(0, 0, 4, 4), bgr, alpha)

    blue = plane_arrays(frame.native)[1]
    assert blue[0, 0] == round(128 + (255 + 51) / (4 * 255) * (240 - 128))
    assert np.all(blue.ravel()[1:] == 128)


def test_pasting_leaves_the_decoders_pictures_alone(tmp_path: Path) -> None:
    clip = Clip(options={"crf": "20", "bf": "3", "preset": "medium"}, pts=range(0, 15360, 512))
    path = make(tmp_path / "b.mp4", clip)
    with av.open(str(path)) as container:
        clean = [[p.copy() for p in plane_arrays(f)] for f in container.decode(video=0)]
    white = np.full((clip.height, clip.width, 3), 255, np.uint8)

    with av.open(str(path)) as container:
        for native, expected in zip(container.decode(video=0), clean, strict=True):
            for plane, known in zip(plane_arrays(native), expected, strict=True):
                assert np.array_equal(plane, known)
            Frame(native).paste(Box(0, 0, clip.width, clip.height), white, white[..., 0])


@pytest.mark.parametrize("pix_fmt", ["yuv420p", "nv12", "bgra", "gray", "yuv420p10le", "gbrp"])
@pytest.mark.parametrize(("width", "height"), [(640, 360), (51, 37), (3, 200)])
def test_thumbnails_look_like_the_picture(pix_fmt: str, width: int, height: int) -> None:
    frame = frame_of(pix_fmt, width, height)

    small = frame.thumbnail(32)

    assert max(small.shape[:2]) == 32
    assert np.abs(small.mean(axis=(0, 1)) - frame.to_bgr().mean(axis=(0, 1))).max() < 6


def test_thumbnails_never_enlarge() -> None:
    assert frame_of("yuv420p", 30, 20).thumbnail(320).shape == (20, 30, 3)


@pytest.mark.parametrize("box", [Box(0, 0, 0, 5), Box(-1, 0, 5, 5), Box(0, 0, 65, 5)])
def test_boxes_outside_are_refused(box: Box) -> None:
    frame = frame_of("yuv420p", 64, 48)

    with pytest.raises(ValueError, match="not inside"):
        frame.region(box)
    with pytest.raises(ValueError, match="not inside"):
        frame.paste(box, np.zeros((5, 5, 3), np.uint8), np.zeros((5, 5), np.uint8))


def test_arrays_of_the_wrong_size_are_refused() -> None:
    frame = frame_of("yuv420p", 64, 48)

    with pytest.raises(ValueError, match="do not fit"):
        frame.paste(Box(0, 0, 4, 4), np.zeros((5, 4, 3), np.uint8), np.zeros((4, 4), np.uint8))


def test_palettes_are_refused() -> None:
    with pytest.raises(ValueError, match="converted"):
        Frame(av.VideoFrame(8, 8, "pal8"))

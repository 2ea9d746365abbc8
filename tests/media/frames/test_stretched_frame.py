"""Pictures whose pixels are not square are read and changed in the shape that players show."""

from __future__ import annotations

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from dlc.geometry import Box
from dlc.media.frames.frame import Frame
from dlc.media.frames.orientation import UPRIGHT, Orientation
from dlc.media.frames.planes import plane_arrays
from dlc.media.frames.stretched_frame import StretchedFrame

FORMATS = ["yuv420p", "yuv422p10le", "gbrp"]


def photo(width: int, height: int) -> NDArray[np.uint8]:
    """Return a picture with soft shapes, so that stretching it loses little."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    x = (x + 0.5) / width * 100
    waves = [np.sin(x / 9 + n) * np.cos(y / (11 + n)) for n in range(3)]
    return np.stack([128 + 100 * wave for wave in waves], axis=2).astype(np.uint8)


def stretched(
    pix_fmt: str = "gbrp",
    stored: tuple[int, int] = (160, 120),
    shown: int = 214,
    orientation: Orientation = UPRIGHT,
) -> StretchedFrame:
    pixels = np.ascontiguousarray(orientation.to_coded(photo(*stored)))
    native = av.VideoFrame.from_ndarray(pixels, format="bgr24").reformat(format=pix_fmt)
    return StretchedFrame(native, orientation=orientation, shown_width=shown)


def copies(frame: Frame) -> list[NDArray[np.uint8]]:
    return [plane.copy() for plane in plane_arrays(frame.native)]


@pytest.mark.parametrize("pix_fmt", FORMATS)
@pytest.mark.parametrize("shown", [120, 214, 320])
@pytest.mark.parametrize("exif", [1, 3, 6])
def test_what_is_read_has_the_shape_that_is_shown(pix_fmt: str, shown: int, exif: int) -> None:
    frame = stretched(pix_fmt, shown=shown, orientation=Orientation.from_exif(exif))
    whole = photo(shown, 120).astype(int)

    assert (frame.width, frame.height) == (shown, 120)
    assert frame.to_bgr().shape == whole.shape
    assert np.abs(frame.to_bgr() - whole).mean() < 2
    box = Box(31, 17, 98, 101)
    own = frame.to_bgr()[box.top : box.bottom, box.left : box.right].astype(int)
    assert np.abs(frame.region(box) - own).max() <= 1
    part = whole[box.top : box.bottom, box.left : box.right]
    assert np.abs(frame.region(box) - part).mean() < 2
    covered, small = frame.shrunk_region(box, 4)
    smaller = cv2.resize(part.astype(np.uint8), (16, 21), interpolation=cv2.INTER_AREA)
    assert (covered, small.shape) == (box, smaller.shape)
    assert np.abs(small - smaller.astype(int)).mean() < 2


@pytest.mark.parametrize("shown", [120, 214])
def test_thumbnails_have_the_shape_that_is_shown(shown: int) -> None:
    frame = stretched(shown=shown)
    longer = max(shown, 120)

    assert frame.thumbnail(1000).shape == (120, shown, 3)
    small = frame.thumbnail(longer // 2)
    assert small.shape == (round(60 * (longer // 2) / (longer / 2)), round(shown / 2), 3)
    expected = photo(small.shape[1], 120)[1::2].astype(int)
    assert np.abs(small - expected[: small.shape[0]]).mean() < 4


@pytest.mark.parametrize("pix_fmt", FORMATS)
@pytest.mark.parametrize("shown", [120, 214, 320])
@pytest.mark.parametrize("exif", [1, 6])
def test_a_paste_comes_where_it_was_read(pix_fmt: str, shown: int, exif: int) -> None:
    frame = stretched(pix_fmt, shown=shown, orientation=Orientation.from_exif(exif))
    box = Box(31, 17, 98, 101)
    before, whole = copies(frame), frame.to_bgr().astype(int)
    alpha = np.zeros((box.height, box.width), np.uint8)
    alpha[20:60, 15:45] = 255

    frame.paste(box, 255 - frame.region(box), alpha)

    after = frame.to_bgr().astype(int)
    changed = np.zeros(after.shape[:2], bool)
    changed[17 + 20 : 17 + 60, 31 + 15 : 31 + 45] = True
    inner = cv2.erode(changed.astype(np.uint8), np.ones((9, 9))) > 0
    outer = cv2.dilate(changed.astype(np.uint8), np.ones((17, 17))) > 0
    assert np.abs(after - (255 - whole))[inner].mean() < 4
    assert np.array_equal(after[~outer], whole[~outer])
    for old, new in zip(before, copies(frame), strict=True):
        share = (old != new).mean()
        assert 0 < share < 2 * changed.mean()


def test_nothing_changes_without_weight() -> None:
    frame = stretched("yuv420p")
    before = copies(frame)

    frame.paste(Box(5, 6, 47, 58), np.zeros((52, 42, 3), np.uint8), np.zeros((52, 42), np.uint8))

    assert all(map(np.array_equal, before, copies(frame)))


@pytest.mark.parametrize("shown", [120, 214])
def test_pasting_what_was_read_does_not_drift(shown: int) -> None:
    frame = stretched(shown=shown)
    first, box = frame.to_bgr().astype(int), Box(20, 10, 100, 110)

    for _ in range(3):
        frame.paste(box, frame.region(box), np.full((100, 80), 255, np.uint8))

    assert np.abs(frame.to_bgr() - first).max() <= 6


@pytest.mark.parametrize("shown", [150, 176, 214])
def test_fine_detail_outlives_being_read_and_pasted(shown: int) -> None:
    grain = cv2.GaussianBlur(np.random.default_rng(3).random((120, 160, 3)) * 255, (0, 0), 1.0)
    stretch = cv2.normalize(grain, None, 0, 255, cv2.NORM_MINMAX).astype(np.uint8)
    native = av.VideoFrame.from_ndarray(stretch, format="bgr24").reformat(format="gbrp")
    frame, box = StretchedFrame(native, shown_width=shown), Box(20, 10, 120, 110)
    before = Frame(native).to_bgr().astype(float)

    frame.paste(box, frame.region(box), np.full((100, 100), 255, np.uint8))

    inner = np.s_[20:100, 30 * 160 // shown : 100 * 160 // shown]
    after = Frame(frame.native).to_bgr().astype(float)
    kept = cv2.Laplacian(after[inner], cv2.CV_64F).var()
    assert kept > 0.75 * cv2.Laplacian(before[inner], cv2.CV_64F).var()


@pytest.mark.parametrize("box", [Box(0, 0, 0, 5), Box(-1, 0, 5, 5), Box(0, 0, 215, 5)])
def test_boxes_outside_of_what_is_shown_are_refused(box: Box) -> None:
    frame = stretched()
    with pytest.raises(ValueError, match="214 x 120"):
        frame.region(box)
    with pytest.raises(ValueError, match="214 x 120"):
        frame.paste(box, np.zeros((5, 5, 3), np.uint8), np.zeros((5, 5), np.uint8))


def test_arrays_of_the_wrong_size_are_refused() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        stretched().paste(
            Box(0, 0, 9, 9), np.zeros((9, 8, 3), np.uint8), np.zeros((9, 9), np.uint8)
        )

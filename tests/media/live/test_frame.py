"""A live frame does what `Frame` does with the same pixels."""

from __future__ import annotations

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from dlc.faces.pixels import TrackableFrame
from dlc.faces.tracking.tracker import load_tracker
from dlc.geometry import Box
from dlc.media.frames.frame import Frame
from dlc.media.live.frame import LiveFrame

BOX = Box(31, 40, 200, 180)


def both(bgr: NDArray[np.uint8]) -> tuple[LiveFrame, Frame]:
    native = av.VideoFrame.from_ndarray(bgr, format="bgr24")
    return LiveFrame(bgr.copy(), captured_at=0.0), Frame(native)


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    left, right = sorted(draw(st.lists(st.integers(0, 300), min_size=2, max_size=2, unique=True)))
    top, bottom = sorted(draw(st.lists(st.integers(0, 260), min_size=2, max_size=2, unique=True)))
    return Box(left, top, right, bottom)


@given(box=boxes())
def test_a_region_is_a_copy_of_its_pixels(box: Box) -> None:
    bgr = np.random.default_rng(1).integers(0, 256, (260, 300, 3), np.uint8)
    live, frame = both(bgr)
    region = live.region(box)
    np.testing.assert_array_equal(region, frame.region(box))
    region[:] = 0
    np.testing.assert_array_equal(live.to_bgr(), bgr)


@pytest.mark.parametrize("size", [64, 128, 384, 1000])
def test_thumbnails_are_those_of_a_frame(astronaut: NDArray[np.uint8], size: int) -> None:
    live, frame = both(np.ascontiguousarray(astronaut[:400]))
    np.testing.assert_array_equal(live.thumbnail(size), frame.thumbnail(size))


@pytest.mark.parametrize("factor", [1, 2, 3])
def test_shrunk_regions_are_those_of_a_frame(astronaut: NDArray[np.uint8], factor: int) -> None:
    live, frame = both(astronaut)
    box, small = live.shrunk_region(BOX, factor)
    assert box == BOX
    np.testing.assert_array_equal(small, frame.shrunk_region(BOX, factor)[1])


@given(box=boxes(), seed=st.integers(0, 99))
def test_pasting_blends_as_a_frame_does(box: Box, seed: int) -> None:
    random = np.random.default_rng(seed)
    live, frame = both(random.integers(0, 256, (260, 300, 3), np.uint8))
    patch = random.integers(0, 256, (box.height, box.width, 3), np.uint8)
    alpha = random.choice(np.array([0, 1, 90, 254, 255], np.uint8), (box.height, box.width))
    before = live.to_bgr()
    live.paste(box, patch, alpha)
    frame.paste(box, patch, alpha)
    assert np.abs(live.bgr.astype(int) - frame.to_bgr()).max() <= 1
    part = live.region(box)
    np.testing.assert_array_equal(part[alpha == 255], patch[alpha == 255])
    kept = np.ones(before.shape[:2], bool)
    kept[box.top : box.bottom, box.left : box.right] = alpha == 0
    np.testing.assert_array_equal(live.bgr[kept], before[kept])


@pytest.mark.parametrize("box", [Box(0, 0, 0, 5), Box(-1, 0, 5, 5), Box(0, 0, 513, 5)])
def test_boxes_outside_are_refused(astronaut: NDArray[np.uint8], box: Box) -> None:
    live, _ = both(astronaut)
    with pytest.raises(ValueError, match="not inside"):
        live.region(box)


def test_arrays_that_do_not_fit_are_refused(astronaut: NDArray[np.uint8]) -> None:
    live, _ = both(astronaut)
    with pytest.raises(ValueError, match="do not fit"):
        live.paste(BOX, astronaut[:10, :10], np.zeros((10, 10), np.uint8))


def test_faces_are_found_in_live_frames(astronaut: NDArray[np.uint8]) -> None:
    live, frame = both(astronaut)
    trackable: TrackableFrame = live
    (face,) = load_tracker().find(trackable)
    (expected,) = load_tracker().find(frame)
    np.testing.assert_allclose(face.box, expected.box, atol=0.5)

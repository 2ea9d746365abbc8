"""The visible note."""

from __future__ import annotations

import re

import av
import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from dlc.errors import OptionError
from dlc.media.frames.frame import Frame
from dlc.media.frames.label import MAX_LENGTH, Label
from dlc.media.live.frame import LiveFrame

GRAY = 128


def gray(width: int, height: int) -> LiveFrame:
    return LiveFrame(np.full((height, width, 3), GRAY, np.uint8), captured_at=0.0)


def touched(bgr: NDArray[np.uint8]) -> NDArray[np.bool_]:
    return np.asarray((bgr != GRAY).any(axis=2))


def test_the_note_is_small_and_in_the_lower_left_corner() -> None:
    frame = gray(1280, 720)
    Label("synthetic media").draw(frame)
    rows, columns = np.nonzero(touched(frame.bgr))
    assert rows.min() > 0.9 * 720
    assert (columns.min(), rows.max()) == (0, 719)
    assert columns.max() < 0.3 * 1280


def test_the_note_can_be_read_on_any_background() -> None:
    for level in (0, 255):
        frame = LiveFrame(np.full((720, 1280, 3), level, np.uint8), captured_at=0.0)
        Label("synthetic media").draw(frame)
        strip = frame.bgr[690:, :150]
        assert strip.max() == 255
        assert strip.min() < 130


def test_longer_texts_are_wider() -> None:
    widths = []
    for text in ("swap", "swapped faces"):
        frame = gray(1280, 720)
        Label(text).draw(frame)
        widths.append(int(touched(frame.bgr).any(axis=0).sum()))
    assert widths[1] > 1.5 * widths[0]


@given(
    st.integers(16, 400), st.integers(16, 400), st.text("synthetic media!", min_size=1, max_size=80)
)
def test_the_note_fits_every_frame(width: int, height: int, text: str) -> None:
    frame = gray(width, height)
    label = Label(text if text.strip() else "note")
    label.draw(frame)
    assert touched(frame.bgr).any()


def test_one_label_serves_frames_of_several_sizes() -> None:
    label = Label("note")
    for size in ((640, 360), (320, 180), (640, 360)):
        frame, fresh = gray(*size), gray(*size)
        label.draw(frame)
        Label("note").draw(fresh)
        assert np.array_equal(frame.bgr, fresh.bgr)


def test_native_frames_take_it_too() -> None:
    native = av.VideoFrame.from_ndarray(np.full((360, 640, 3), GRAY, np.uint8), format="bgr24")
    frame = Frame(native.reformat(format="yuv420p"))
    Label("note").draw(frame)
    assert frame.to_bgr()[342:, :60].max() > 180


@pytest.mark.parametrize("text", ["", "  ", "a\nb", "a\tb", "x" * (MAX_LENGTH + 1)])
def test_texts_that_are_no_short_line_are_refused(text: str) -> None:
    with pytest.raises(OptionError, match="label"):
        Label(text)


@pytest.mark.skipif(int(cv2.__version__.split(".")[0]) < 5, reason="needs OpenCV 5's fonts")
def test_accents_are_drawn() -> None:
    plain, accented = gray(1280, 720), gray(1280, 720)
    Label("genere").draw(plain)
    Label("généré").draw(accented)
    assert not np.array_equal(plain.bgr, accented.bgr)


@pytest.mark.skipif(int(cv2.__version__.split(".")[0]) < 5, reason="needs OpenCV 5's fonts")
def test_signs_that_would_be_question_marks_are_refused() -> None:
    with pytest.raises(OptionError, match="'😀' cannot be drawn"):
        Label("swapped? 😀")
    for text in ("swapped?", "Für Größe «é»", "синтез"):
        Label(text)


@pytest.mark.skipif(
    re.search(r"Unicode font: +YES", cv2.getBuildInformation()) is None,
    reason="this OpenCV was built without the font",
)
def test_the_large_font_has_other_scripts() -> None:
    Label("合成")


def test_the_note_is_as_large_as_a_smaller_picture_needs_it() -> None:
    heights = []
    for height in (None, 2160, 270):
        frame = gray(1280, 720)
        Label("note", height).draw(frame)
        heights.append(int(touched(frame.bgr).any(axis=1).sum()))
    assert heights == [36, 36, 43]

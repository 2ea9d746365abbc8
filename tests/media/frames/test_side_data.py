"""How frames lie and how bright they are meant to be, from file to file."""

from __future__ import annotations

import gc
from pathlib import Path

import av
import pytest

from dlc.media.frames.color import ColorTags
from dlc.media.frames.orientation import Orientation
from dlc.media.frames.side_data import HdrMetadata, display_matrix, hdr_metadata
from dlc.media.video.reading.reader import VideoReader
from dlc.options import EncodeOptions
from tests.media.hdr_clips import DISPLAY, HDR10
from tests.media.material import Clip, first_frame, make, transcode


def test_frames_without_side_data_are_plain() -> None:
    frame = av.VideoFrame(16, 16, "yuv420p")

    assert display_matrix(frame) is None
    assert hdr_metadata(frame) is None


def frames_in_memory() -> list[av.VideoFrame]:
    return [each for each in gc.get_objects() if isinstance(each, av.VideoFrame)]


def test_reading_side_data_keeps_no_frame_in_memory(tmp_path: Path) -> None:
    path = make(tmp_path / "a.mp4", Clip())
    gc.collect()
    # What other tests of this process hold.
    before = frames_in_memory()
    gc.disable()
    try:
        with VideoReader(path) as reader:
            assert list(reader)
        del reader
        left = [frame for frame in frames_in_memory() if not any(frame is each for each in before)]
    finally:
        gc.enable()
    assert left == []


def test_a_slanted_display_matrix_is_kept_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    matrix = (60000, 20000, 0, -20000, 60000, 0, 0, 0, 1 << 30)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height = 64, 48
        stream.set_display_matrix(matrix)
        container.mux([*stream.encode(av.VideoFrame(64, 48)), *stream.encode(None)])

    transcode(path, tmp_path / "b.mp4")

    assert display_matrix(first_frame(tmp_path / "b.mp4")) == matrix
    with VideoReader(tmp_path / "b.mp4") as reader:
        assert reader.info.orientation == Orientation()


@pytest.mark.parametrize("encoder", ["libx264", "libx265", None])
def test_hdr_metadata_is_carried_over(tmp_path: Path, encoder: str | None) -> None:
    path = make(tmp_path / "a.mp4", HDR10)

    reader, writer = transcode(path, tmp_path / "b.mp4", EncodeOptions(encoder=encoder))

    assert reader.info.hdr == HdrMetadata(DISPLAY, "1000,400")
    assert hdr_metadata(first_frame(tmp_path / "b.mp4")) == reader.info.hdr
    assert ColorTags.of(first_frame(tmp_path / "b.mp4")) == HDR10.tags
    assert (writer.notes == []) == (encoder != "libx264")


def test_hdr_metadata_that_stays_behind_is_said(tmp_path: Path) -> None:
    path = make(tmp_path / "a.mp4", HDR10)

    _, writer = transcode(path, tmp_path / "b.mp4", EncodeOptions(encoder="libsvtav1"))

    assert any("HDR mastering metadata" in note for note in writer.notes)

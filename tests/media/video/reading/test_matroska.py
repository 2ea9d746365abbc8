"""What is missing of Matroska files, about which FFmpeg says nothing."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dlc.errors import DamagedInputError
from dlc.media.video.reading.matroska import has_broken_chain
from dlc.media.video.reading.reader import VideoReader
from tests.media.material import Clip, make
from tests.media.video.reading.lost_frames import found_and_lost, positions

FRAMES = 48
H264 = Clip(
    pts=range(0, FRAMES * 512, 512),
    options={"preset": "ultrafast", "g": "12", "bf": "2", "threads": "1"},
    audio=("libopus",),
    container_options={"cluster_time_limit": "480"},
)
VP9 = replace(H264, codec="libvpx-vp9", options={"deadline": "realtime", "g": "12", "threads": "1"})


@pytest.fixture(scope="module", params=[".mkv", ".webm"])
def film(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    clip = H264 if request.param == ".mkv" else VP9
    return make(tmp_path_factory.mktemp("matroska") / f"film{request.param}", clip)


def pts_of(path: Path) -> list[int]:
    """Return when each frame is shown, in the order of the file."""
    with av.open(str(path)) as container:
        packets = container.demux(container.streams.video[0])
        return [packet.pts for packet in packets if packet.pts is not None and packet.size]


def test_an_intact_file_is_one_chain(film: Path) -> None:
    places = [None, *positions(film)]
    for before, now in pairwise(places):
        assert now is not None
        assert not has_broken_chain(film, before, now)
        assert has_broken_chain(film, before, now + 1)
    assert found_and_lost(film) == (FRAMES, 0)


@pytest.mark.parametrize("number", [0, 5, 20, 30])
def test_frames_whose_header_was_wiped_out_are_counted(
    film: Path, tmp_path: Path, number: int
) -> None:
    data = bytearray(film.read_bytes())
    begin = positions(film)[number] - 3
    data[begin : begin + 12] = bytes(12)
    damaged = tmp_path / film.name
    damaged.write_bytes(data)

    found, lost = found_and_lost(damaged)

    assert lost > 0
    assert found + lost == FRAMES
    with (
        pytest.raises(DamagedInputError, match="is damaged"),
        VideoReader(damaged) as reader,
    ):
        list(reader)


@pytest.mark.parametrize("number", [1, 20, 30])
def test_frames_behind_one_that_belongs_to_no_track_are_counted(
    film: Path, tmp_path: Path, number: int
) -> None:
    data = bytearray(film.read_bytes())
    data[positions(film)[number]] ^= 4
    damaged = tmp_path / film.name
    damaged.write_bytes(data)
    found, lost = found_and_lost(damaged)
    assert lost > 0
    assert found + lost == FRAMES


@pytest.mark.parametrize("number", [3, 20])
def test_a_frame_whose_group_is_missing_is_counted(film: Path, tmp_path: Path, number: int) -> None:
    data = bytearray(film.read_bytes())
    begin = data.rindex(b"\xa3", 0, positions(film)[number])
    data[begin] = 0xA1
    damaged = tmp_path / film.name
    damaged.write_bytes(data)
    assert found_and_lost(damaged) == (FRAMES - 1, 1)


def test_frames_that_are_stored_behind_the_last_one_shown_are_missed(tmp_path: Path) -> None:
    path = make(tmp_path / "film.mkv", H264)
    shown = pts_of(path)
    behind = positions(path)[shown.index(max(shown)) + 1]
    data = bytearray(path.read_bytes())
    data[behind - 4 : behind] = bytes(4)
    path.write_bytes(data)
    found, lost = found_and_lost(path)
    assert lost > 0
    assert found + lost == FRAMES


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(begin=st.floats(0.1, 0.9), length=st.floats(0.001, 0.1))
def test_nothing_gets_lost_in_silence(
    film: Path, tmp_path: Path, begin: float, length: float
) -> None:
    data = film.read_bytes()
    start = int(begin * len(data))
    end = start + int(length * len(data))
    damaged = tmp_path / film.name
    damaged.write_bytes(data[:end] + data[start:])

    with VideoReader(damaged, allow_damaged=True) as reader:
        found = sum(1 for _ in reader)

    # What is there twice may be read twice.
    assert found >= FRAMES or reader.frames_lost or reader.frames_damaged


def test_frames_at_any_times_are_no_gaps(tmp_path: Path) -> None:
    times = [0, 1, 2, 3, 9, 10, 11, 30, 31, 90, 91, 92, 93, 200]
    clip = replace(H264, pts=[512 * time for time in times])
    assert found_and_lost(make(tmp_path / "screen.mkv", clip)) == (len(times), 0)


def test_a_video_may_begin_after_the_sound(tmp_path: Path) -> None:
    clip = replace(H264, pts=range(50 * 512, 60 * 512, 512), audio_start=Fraction(0))
    assert found_and_lost(make(tmp_path / "late.mkv", clip)) == (10, 0)


def test_a_part_is_read_without_the_beginning(film: Path) -> None:
    with VideoReader(film, start=1.2, allow_damaged=True) as reader:
        assert sum(1 for _ in reader) == FRAMES - 30
    assert reader.frames_lost == 0


def test_all_that_a_refused_first_picture_takes_along_is_counted(tmp_path: Path) -> None:
    path = make(tmp_path / "film.mkv", replace(H264, options={**H264.options, "bf": "0"}))
    data = bytearray(path.read_bytes())
    first, second = positions(path)[:2]
    # The frame's own bytes follow four of the block's.
    data[first + 4 : second - 20] = bytes(second - 20 - first - 4)
    path.write_bytes(data)
    assert found_and_lost(path) == (FRAMES - 12, 12)


def test_a_lost_end_shows_without_tags(film: Path, tmp_path: Path) -> None:
    data = bytearray(film.read_bytes().replace(b"DURATION", b"DORATION"))
    begin = positions(film)[36] - 30
    data[begin : begin + 60] = bytes(60)
    damaged = tmp_path / film.name
    damaged.write_bytes(data)
    found, lost = found_and_lost(damaged)
    assert found < FRAMES
    assert found + lost == pytest.approx(FRAMES, abs=1)


def test_a_lost_end_shows_even_where_no_length_is_stated(film: Path, tmp_path: Path) -> None:
    data = bytearray(film.read_bytes().replace(b"DURATION", b"DORATION"))
    # The length of all, as an element that nobody knows.
    data = data.replace(b"\x44\x89\x88", b"\x44\x8a\x88")
    begin = positions(film)[36] - 30
    data[begin : begin + 60] = bytes(60)
    damaged = tmp_path / film.name
    damaged.write_bytes(data)
    found, lost = found_and_lost(damaged)
    assert found < FRAMES
    assert lost >= 1


def test_recordings_of_unknown_length_are_whole(tmp_path: Path) -> None:
    times = [0, 1, 2, 3, 9, 10, 11, 30, 31, 90]
    clip = replace(H264, pts=[512 * time for time in times], container_options={"live": "1"})
    path = make(tmp_path / "browser.mkv", clip)
    assert found_and_lost(path) == (len(times), 0)

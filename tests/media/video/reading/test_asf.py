"""What is missing of WMV files, about which FFmpeg says nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from dlc.errors import DamagedInputError
from dlc.media.video.reading.asf import has_broken_chain, has_broken_end
from dlc.media.video.reading.reader import VideoReader
from tests.media.material import Clip, make
from tests.media.video.reading.lost_frames import found_and_lost, positions

FRAMES = 48
CLIP = Clip(
    codec="wmv2", options={"g": "6"}, pts=range(0, FRAMES * 512, 512), audio=("libmp3lame",)
)
# What FFmpeg writes.
PACKET = 3200


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("asf") / "film.wmv", CLIP)


def test_an_intact_file_is_one_chain(film: Path) -> None:
    packets = sorted(set(positions(film)))
    for before, now in zip([None, *packets], packets, strict=False):
        assert not has_broken_chain(film, before, now)
        assert has_broken_chain(film, before, now + 1)
    assert not has_broken_end(film, packets[-1])
    assert found_and_lost(film) == (FRAMES, 0)


@pytest.mark.parametrize("number", [2, 5, -1])
def test_frames_of_a_packet_that_was_wiped_out_are_counted(
    film: Path, tmp_path: Path, number: int
) -> None:
    begin = sorted(set(positions(film)))[number]
    data = bytearray(film.read_bytes())
    data[begin : begin + PACKET] = bytes(PACKET)
    copy = tmp_path / "film.wmv"
    copy.write_bytes(data)
    found, lost = found_and_lost(copy)
    assert found < FRAMES
    assert lost > 0
    with pytest.raises(DamagedInputError, match="is damaged"), VideoReader(copy) as reader:
        list(reader)


def test_a_piece_that_is_missing_is_noticed(film: Path, tmp_path: Path) -> None:
    begin = sorted(set(positions(film)))[3] + 700
    data = film.read_bytes()
    copy = tmp_path / "film.wmv"
    copy.write_bytes(data[:begin] + data[begin + 5000 :])
    found, lost = found_and_lost(copy)
    assert found < FRAMES
    assert lost > 0

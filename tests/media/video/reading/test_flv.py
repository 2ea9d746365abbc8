"""What is missing of FLV files, about which FFmpeg says nothing."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from dlc.errors import DamagedInputError
from dlc.media.video.reading.flv import has_broken_chain, has_broken_end
from dlc.media.video.reading.reader import VideoReader
from tests.media.material import Clip, make
from tests.media.video.reading.lost_frames import found_and_lost, positions

FRAMES = 48
CLIP = Clip(
    pts=range(0, FRAMES * 512, 512),
    options={"preset": "ultrafast", "g": "12", "bf": "2", "threads": "1"},
    audio=("aac",),
)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("flv") / "film.flv", CLIP)


def damaged(path: Path, folder: Path, at: int, contents: bytes) -> Path:
    data = bytearray(path.read_bytes())
    data[at : at + len(contents)] = contents
    copy = folder / path.name
    copy.write_bytes(data)
    return copy


def test_an_intact_file_is_one_chain(film: Path) -> None:
    places = [None, *positions(film)]
    for before, now in pairwise(places):
        assert now is not None
        assert not has_broken_chain(film, before, now)
        assert has_broken_chain(film, before, now + 1)
    assert not has_broken_end(film, places[-1] or 0)
    assert found_and_lost(film) == (FRAMES, 0)


@pytest.mark.parametrize("number", [1, 2, 20, 30])
def test_frames_whose_tag_was_wiped_out_are_counted(
    film: Path, tmp_path: Path, number: int
) -> None:
    copy = damaged(film, tmp_path, positions(film)[number] - 4, bytes(24))
    found, lost = found_and_lost(copy)
    assert lost > 0
    assert found + lost == FRAMES
    with pytest.raises(DamagedInputError, match="is damaged"), VideoReader(copy) as reader:
        list(reader)


@pytest.mark.parametrize("share", [0.4, 0.7, 0.9])
@pytest.mark.parametrize("says_size", [True, False])
def test_a_recording_that_breaks_off_is_not_whole(
    film: Path, tmp_path: Path, share: float, says_size: bool
) -> None:
    data = bytearray(film.read_bytes())
    if not says_size:
        number = data.index(b"filesize") + 9
        data[number : number + 8] = bytes(8)
    copy = tmp_path / "film.flv"
    copy.write_bytes(data[: int(share * len(data))])
    found, lost = found_and_lost(copy)
    assert 0 < found < FRAMES
    assert lost > 0
    said = "is truncated" if says_size else "is damaged"
    with pytest.raises(DamagedInputError, match=said), VideoReader(copy) as reader:
        list(reader)


def test_a_piece_that_is_missing_is_noticed(film: Path, tmp_path: Path) -> None:
    begin, end = positions(film)[10] + 7, positions(film)[14] + 3
    data = film.read_bytes()
    copy = tmp_path / "film.flv"
    copy.write_bytes(data[:begin] + data[end:])
    found, lost = found_and_lost(copy)
    # The sound, and with it the file, lasts a little longer than the picture.
    assert FRAMES <= found + lost <= FRAMES + 1
    assert lost >= 4

"""How truncated files give themselves away."""

from __future__ import annotations

from pathlib import Path

import pytest

from dlc.media.video.reading.damage import describe_truncation, lacks_index
from tests.media.material import Clip, make

FAST_START = {"movflags": "+faststart"}
GIF = Clip(codec="gif", pix_fmt="gray", options={})
KINDS = {
    ".mp4": Clip(container_options=FAST_START),
    ".mkv": Clip(),
    ".webm": Clip(codec="libvpx-vp9", options={"lossless": "1", "cpu-used": "8"}),
    ".avi": Clip(),
    ".flv": Clip(),
    ".wmv": Clip(codec="wmv2", options={}),
}


@pytest.mark.parametrize("extension", KINDS)
@pytest.mark.parametrize("share", [0.3, 0.6, 0.99])
def test_a_missing_end_shows(tmp_path: Path, extension: str, share: float) -> None:
    path = make(tmp_path / ("film" + extension), KINDS[extension])
    assert describe_truncation(path) is None
    data = path.read_bytes()

    path.write_bytes(data[: int(len(data) * share)])

    assert f"of its {len(data):,} bytes" in (describe_truncation(path) or "")


def test_a_gif_without_its_end_mark_shows(tmp_path: Path) -> None:
    path = make(tmp_path / "film.gif", GIF)
    assert describe_truncation(path) is None

    path.write_bytes(path.read_bytes()[:-20])

    assert "end mark" in (describe_truncation(path) or "")


def test_a_live_recording_that_says_no_size_does_not_show(tmp_path: Path) -> None:
    path = make(tmp_path / "film.wmv", KINDS[".wmv"])
    data = bytearray(path.read_bytes())
    properties = data.index(bytes.fromhex("a1dcab8c47a9cf11"))
    data[properties + 88] |= 1
    path.write_bytes(data[: len(data) // 2])
    assert describe_truncation(path) is None


def test_what_follows_the_end_does_no_harm(tmp_path: Path) -> None:
    path = make(tmp_path / "film.mp4", Clip())

    path.write_bytes(path.read_bytes() + b"\0" * 100)

    assert describe_truncation(path) is None


def test_other_files_tell_nothing(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(b"RIFF, ftyp and other words")

    assert describe_truncation(path) is None
    assert not lacks_index(path)


def test_a_recording_without_index_shows(tmp_path: Path) -> None:
    path = make(tmp_path / "film.mp4", Clip())
    assert not lacks_index(path)
    data = path.read_bytes()

    path.write_bytes(data[: data.rindex(b"moov") - 4])

    assert lacks_index(path)

"""Opening inputs, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from dlc.errors import InputError
from dlc.media.files.inputs import codec_name, open_input
from tests.media.material import Clip, make


@pytest.mark.parametrize("name", ["a:b.mp4", "pipe:0.mp4", "concat:a|b.mp4", "%03d.mp4", "-i.mp4"])
def test_names_are_names_whatever_they_look_like(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    make(tmp_path / "plain.mp4", Clip()).rename(path)

    with open_input(path) as container:
        assert codec_name(container.streams.video[0]) == "h264"


def test_relative_names_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path / "a.mp4", Clip())
    monkeypatch.chdir(tmp_path)

    with open_input(Path("a.mp4")) as container:
        assert len(container.streams) == 1


def test_codecs_have_the_name_of_the_codec_not_of_the_decoder(tmp_path: Path) -> None:
    path = make(tmp_path / "a.mkv", Clip(audio=("libopus", "mp2"), subtitles=("subrip",)))

    with open_input(path) as container:
        names = [codec_name(stream) for stream in container.streams]

    assert names == ["h264", "opus", "mp2", "subrip"]


def test_what_cannot_be_opened_is_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        open_input(tmp_path / "missing.mp4")

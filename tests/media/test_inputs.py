"""Opening inputs, and nothing else."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from dlc.errors import InputError
from dlc.media.inputs import codec_name, is_folder, open_input, require_file
from tests.media.material import Clip, make


def test_files_with_something_in_them_pass(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"x")

    require_file(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_pipe_is_not_called_empty(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.mp4")

    with pytest.raises(InputError, match="is a pipe, and dlc needs a regular file"):
        require_file(tmp_path / "a.mp4")


@pytest.mark.parametrize("check", [require_file, is_folder])
def test_names_that_are_too_long_are_errors_of_ours(
    tmp_path: Path, check: Callable[[Path], object]
) -> None:
    with pytest.raises(InputError, match="name too long"):
        check(tmp_path / ("x" * 260 + ".mp4"))


@pytest.mark.parametrize("check", [require_file, is_folder])
def test_folders_that_may_not_be_searched_are_errors_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, check: Callable[[Path], object]
) -> None:
    monkeypatch.setattr(Path, "stat", refuse)

    with pytest.raises(InputError, match="check its permissions"):
        check(tmp_path / "a.mp4")


@pytest.mark.parametrize("check", [require_file, is_folder])
@pytest.mark.parametrize("address", ["rtsp://camera:554/1", "https://example.com/a.mp4"])
def test_addresses_are_no_files(check: Callable[[Path], object], address: str) -> None:
    with pytest.raises(InputError, match=f"^{address} is an address, and a file is needed"):
        check(Path(address))


@pytest.mark.parametrize("name", ["C:/a.mp4", "gone:a.mp4", "gone.mp4"])
def test_what_only_looks_like_an_address_is_a_file(name: str) -> None:
    with pytest.raises(InputError, match=f"^no such file: {name}$"):
        require_file(Path(name))


def refuse(path: Path, **_: object) -> object:
    raise PermissionError(errno.EACCES, "Permission denied", str(path))


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

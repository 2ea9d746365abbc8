"""Inputs that are told to be of no use by their paths."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Callable
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath
from typing import Any

import pytest

from dlc.errors import InputError, OptionError
from dlc.media.files.paths import address_in, is_folder, named_path, require_file


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


@pytest.mark.parametrize("kind", [PurePosixPath, PureWindowsPath])
@pytest.mark.parametrize("address", ["rtsp://camera:554/1", "https://example.com/a.mp4"])
def test_addresses_are_told_whatever_a_path_makes_of_them(
    kind: type[PurePath], address: str
) -> None:
    assert address_in(kind(address)) == address


@pytest.mark.parametrize("name", ["C:/a.mp4", r"C:\a.mp4", r"\\server\share\a.mp4", "a.mp4"])
def test_drives_and_shares_of_windows_are_no_addresses(name: str) -> None:
    assert address_in(PureWindowsPath(name)) is None


@pytest.mark.parametrize("name", ["C:/a.mp4", "gone:a.mp4", "gone.mp4"])
def test_what_only_looks_like_an_address_is_a_file(name: str) -> None:
    path = Path(name)
    with pytest.raises(InputError, match=f"^no such file: {re.escape(str(path))}$"):
        require_file(path)


def refuse(path: Path, **_: object) -> object:
    raise PermissionError(errno.EACCES, "Permission denied", str(path))


def test_an_empty_name_is_not_the_current_folder() -> None:
    assert named_path("a.mp4") == named_path(Path("a.mp4")) == Path("a.mp4")
    assert named_path(".") == Path()

    with pytest.raises(OptionError, match="a file name is empty"):
        named_path("")
    with pytest.raises(OptionError, match=r"a NUL in it.*'a\\x00\.mp4'"):
        named_path("a\0.mp4")


def test_a_dash_is_no_file_unless_it_is_written_as_one() -> None:
    with pytest.raises(OptionError, match=r"standard input or output.*write \./-"):
        named_path("-")
    assert named_path("./-") == named_path(named_path("./-")) == Path("-")


@pytest.mark.parametrize(
    ("name", "kind"), [(b"a.mp4", "bytes"), (None, "NoneType"), (3, "int"), ([], "list")]
)
def test_what_is_no_name_is_told_by_its_type(name: Any, kind: str) -> None:
    with pytest.raises(OptionError, match=rf"of type {kind}; give a str or a pathlib\.Path"):
        named_path(name)


def test_a_folder_s_entries_are_names(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").touch()
    with os.scandir(tmp_path) as entries:
        assert [named_path(entry) for entry in entries] == [tmp_path / "a.mp4"]

"""Where outputs may go, and the folders made for them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dlc.errors import OutputError
from dlc.media.files.outputs import check_folder, check_path, made_folders


def test_the_folder_must_exist(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="no folder"):
        check_path(tmp_path / "missing" / "film.mp4", [], overwrite=False)


def test_an_address_is_no_output(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(OutputError, match="rtmp://host/live is an address, and dlc writes files"):
        check_path(Path("rtmp://host/live"), [], overwrite=False)


def test_a_folder_is_no_output(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="is a folder, and a file is needed: name one in it"):
        check_path(tmp_path, [], overwrite=True)


def test_existing_files_need_leave(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(b"old")

    with pytest.raises(OutputError, match="exists already"):
        check_path(path, [], overwrite=False)
    check_path(path, [], overwrite=True)


def test_a_link_to_what_is_not_there_needs_leave(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    path.symlink_to(tmp_path / "unplugged" / "film.mp4")

    with pytest.raises(OutputError, match=r"link to nothing.*`overwrite=True`"):
        check_path(path, [], overwrite=False)
    check_path(path, [], overwrite=True)


@pytest.mark.parametrize("kind", ["same", "relative", "symlink", "hardlink"])
def test_inputs_are_never_overwritten(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    source = tmp_path / "in.mp4"
    source.write_bytes(b"precious")
    alias = tmp_path / "alias.mp4"
    if kind == "symlink":
        alias.symlink_to(source)
    elif kind == "hardlink":
        os.link(source, alias)
    path = {"same": source, "relative": Path("in.mp4")}.get(kind, alias)

    with pytest.raises(OutputError, match="is an input"):
        check_path(path, [tmp_path / "other.jpg", source], overwrite=True)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="the superuser may write anywhere")
def test_closed_folders_are_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(OutputError, match="may not be written to"):
            check_path(tmp_path / "film.mp4", [], overwrite=False)
    finally:
        tmp_path.chmod(0o700)


def test_folders_are_checked_before_there_is_anything_to_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "film.mp4").write_bytes(b"x")

    check_folder(tmp_path)
    check_folder(tmp_path / "missing" / "too")

    with pytest.raises(OutputError, match="is a file, and a folder is needed"):
        check_folder(tmp_path / "film.mp4")
    with pytest.raises(OutputError, match="name too long"):
        check_folder(tmp_path / ("x" * 260))
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(OutputError, match="may not be written to"):
        check_folder(tmp_path)


def test_names_that_are_too_long_are_errors_of_ours(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"name too long.*choose another name"):
        check_path(tmp_path / ("x" * 260 + ".mp4"), [], overwrite=False)


def test_only_folders_that_it_made_and_that_stay_empty_are_removed(tmp_path: Path) -> None:
    there, used, deep = tmp_path / "there", tmp_path / "used", tmp_path / "new" / "deep"
    there.mkdir()

    def fail_inside() -> None:
        with made_folders(there, used, deep):
            (used / "file").touch()
            assert deep.is_dir()
            raise KeyError

    with pytest.raises(KeyError):
        fail_inside()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["there", "used"]


def test_a_folder_that_cannot_be_made_is_an_error_of_ours(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError), made_folders(tmp_path / "new", tmp_path / "file" / "in"):
        pass
    assert not (tmp_path / "new").exists()

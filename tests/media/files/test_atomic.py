"""Outputs appear whole, and never over a file they may not replace."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dlc.errors import OutputError
from dlc.media.files.atomic import AtomicFile, check_folder, check_path, discard_own


def test_the_name_appears_with_the_commit_only(tmp_path: Path) -> None:
    output = AtomicFile(tmp_path / "film.mp4", overwrite=False)
    output.temporary.write_bytes(b"whole")

    assert output.temporary.parent == tmp_path
    assert output.temporary.name.startswith(".film.dlc-")
    assert output.temporary.suffix == ".mp4"
    assert not output.path.exists()
    output.commit()

    assert output.path.read_bytes() == b"whole"
    assert list(tmp_path.iterdir()) == [output.path]


def test_discarding_leaves_nothing(tmp_path: Path) -> None:
    output = AtomicFile(tmp_path / "film.mp4", overwrite=False)
    output.temporary.write_bytes(b"half")

    output.discard()
    output.discard()

    assert list(tmp_path.iterdir()) == []


def test_a_file_that_appeared_meanwhile_is_kept(tmp_path: Path) -> None:
    output = AtomicFile(tmp_path / "film.mp4", overwrite=False)
    output.temporary.write_bytes(b"new")
    output.path.write_bytes(b"other")

    with pytest.raises(OutputError, match="appeared"):
        output.commit()

    assert output.path.read_bytes() == b"other"
    assert list(tmp_path.iterdir()) == [output.path]


def test_overwriting_replaces(tmp_path: Path) -> None:
    output = AtomicFile(tmp_path / "film.mp4", overwrite=True)
    output.path.write_bytes(b"old")
    output.temporary.write_bytes(b"new")

    output.commit()

    assert output.path.read_bytes() == b"new"


def test_long_names_leave_room_for_the_temporary_one(tmp_path: Path) -> None:
    output = AtomicFile(tmp_path / ("n" * 250 + ".mp4"), overwrite=False)
    output.temporary.write_bytes(b"whole")

    output.commit()

    assert output.path.exists()


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


def test_a_link_that_appeared_meanwhile_is_kept(tmp_path: Path) -> None:
    output = AtomicFile(tmp_path / "film.mp4", overwrite=False)
    output.temporary.write_bytes(b"new")
    output.path.symlink_to(tmp_path / "unplugged" / "film.mp4")

    with pytest.raises(OutputError, match="appeared"):
        output.commit()

    assert output.path.is_symlink()


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


def doubled(source: Path, destination: Path) -> None:
    destination.write_bytes(2 * source.read_bytes())


def test_what_is_finished_gets_the_name(tmp_path: Path) -> None:
    output = AtomicFile(tmp_path / "film.mp4", overwrite=False, finish=doubled)
    output.temporary.write_bytes(b"half")

    output.commit()

    assert output.path.read_bytes() == b"halfhalf"
    assert list(tmp_path.iterdir()) == [output.path]


def test_what_cannot_be_finished_leaves_nothing(tmp_path: Path) -> None:
    def failing(source: Path, destination: Path) -> None:
        destination.write_bytes(source.read_bytes())
        raise OutputError("no")

    output = AtomicFile(tmp_path / "film.mp4", overwrite=False, finish=failing)
    output.temporary.write_bytes(b"half")

    with pytest.raises(OutputError, match="no"):
        output.commit()

    assert list(tmp_path.iterdir()) == []


def test_a_file_that_appears_while_finishing_is_kept(tmp_path: Path) -> None:
    def slow(source: Path, destination: Path) -> None:
        doubled(source, destination)
        (tmp_path / "film.mp4").write_bytes(b"other")

    output = AtomicFile(tmp_path / "film.mp4", overwrite=False, finish=slow)
    output.temporary.write_bytes(b"half")

    with pytest.raises(OutputError, match="appeared"):
        output.commit()

    assert output.path.read_bytes() == b"other"
    assert list(tmp_path.iterdir()) == [output.path]


def test_a_process_that_has_to_end_takes_its_own_temporary_files_with_it(tmp_path: Path) -> None:
    output = AtomicFile(tmp_path / "film.mp4", overwrite=False)
    output.temporary.write_bytes(b"half")
    others = tmp_path / ".film.dlc-1-abcdef.mp4"
    others.write_bytes(b"half")

    AtomicFile(tmp_path / "sheet.png", overwrite=False).temporary.write_bytes(b"half")

    discard_own(tmp_path)
    discard_own(tmp_path / "missing")

    assert list(tmp_path.iterdir()) == [others]


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

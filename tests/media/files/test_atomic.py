"""Outputs appear whole, and never over a file they may not replace."""

from __future__ import annotations

from pathlib import Path

import pytest

from dlc.errors import OutputError
from dlc.media.files.atomic import AtomicFile, discard_own


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


def test_it_gets_its_name_when_a_block_ends_and_leaves_nothing_when_it_fails(
    tmp_path: Path,
) -> None:
    path = tmp_path / "film.mp4"

    def write(content: bytes, *, fails: bool) -> None:
        with AtomicFile(path, overwrite=True) as output:
            output.write(content)
            if fails:
                raise KeyError

    write(b"whole", fails=False)
    with pytest.raises(KeyError):
        write(b"half", fails=True)

    assert path.read_bytes() == b"whole"
    assert list(tmp_path.iterdir()) == [path]


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


def test_a_link_that_appeared_meanwhile_is_kept(tmp_path: Path) -> None:
    output = AtomicFile(tmp_path / "film.mp4", overwrite=False)
    output.temporary.write_bytes(b"new")
    output.path.symlink_to(tmp_path / "unplugged" / "film.mp4")

    with pytest.raises(OutputError, match="appeared"):
        output.commit()

    assert output.path.is_symlink()


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

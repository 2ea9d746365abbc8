"""What is at a path, with every version of Python."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from dlc.path_kind import PathKind, kind_of


def test_files_folders_and_devices_are_told_apart(tmp_path: Path) -> None:
    file = tmp_path / "a.mp4"
    file.touch()
    assert kind_of(file) is PathKind.FILE
    assert kind_of(tmp_path) is PathKind.FOLDER
    assert kind_of(tmp_path / "gone") is PathKind.NOTHING
    assert kind_of(tmp_path / "gone" / "a.mp4") is PathKind.NOTHING
    assert kind_of(file / "below") is PathKind.NOTHING
    if os.name != "nt":
        assert kind_of(Path(os.devnull)) is PathKind.OTHER


@pytest.mark.skipif(os.name == "nt", reason="only administrators make links there")
def test_links_lead_to_what_is_at_their_end(tmp_path: Path) -> None:
    link, circle = tmp_path / "link", tmp_path / "circle"
    link.symlink_to(tmp_path)
    circle.symlink_to(circle)
    assert kind_of(link) is PathKind.FOLDER
    assert kind_of(circle) is PathKind.NOTHING
    link.unlink()
    link.symlink_to(tmp_path / "gone")
    assert kind_of(link) is PathKind.NOTHING


@pytest.mark.parametrize("number", [errno.EACCES, errno.ENAMETOOLONG, errno.EIO])
def test_what_cannot_be_told_is_an_error(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, **_: object) -> os.stat_result:
        raise OSError(number, os.strerror(number), str(self))

    monkeypatch.setattr(Path, "stat", refuse)
    with pytest.raises(OSError, match=os.strerror(number)):
        kind_of(tmp_path)

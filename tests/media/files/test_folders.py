from __future__ import annotations

from pathlib import Path

import pytest

from dlc.errors import OutputError
from dlc.media.files.folders import made_folders


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

"""Which photos a source stands for."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dlc.errors import InputError, OptionError
from dlc.workflows.photos import photo_paths


def test_a_photo_or_several_stand_for_themselves(astronaut_file: Path, group_file: Path) -> None:
    assert photo_paths(astronaut_file) == [astronaut_file]
    assert photo_paths(str(astronaut_file)) == [astronaut_file]
    assert photo_paths([str(group_file), astronaut_file]) == [group_file, astronaut_file]


def test_a_folder_stands_for_its_pictures(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    names = ["a.png", "b.JPG", "c.HEIC", "d.avif"]
    for name in (*names, "notes.txt"):
        (tmp_path / name).touch()
    (tmp_path / "deeper.png").mkdir()
    with caplog.at_level(logging.INFO, logger="dlc"):
        assert photo_paths(tmp_path) == [tmp_path / name for name in names]
    assert [record.getMessage() for record in caplog.records] == [
        f"ignoring {tmp_path / 'notes.txt'}: not a picture"
    ]


def test_a_folder_without_pictures_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").touch()
    with pytest.raises(InputError, match="holds no picture"):
        photo_paths(tmp_path)


def test_a_photo_that_is_not_there_is_refused(astronaut_file: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"gone\.jpg"):
        photo_paths([astronaut_file, tmp_path / "gone.jpg"])


def test_no_photo_at_all_is_refused() -> None:
    with pytest.raises(OptionError, match="at least one"):
        photo_paths([])


def test_an_empty_name_is_not_a_folder_of_photos(
    astronaut_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "somebody.png").write_bytes(astronaut_file.read_bytes())
    assert photo_paths(".") == [Path("somebody.png")]
    for source in ("", [astronaut_file, ""]):
        with pytest.raises(OptionError, match="a file name is empty"):
            photo_paths(source)


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        (b"me.jpg", "bytes"),
        ([b"me.jpg"], "bytes"),
        (None, "NoneType"),
        (7, "int"),
        (np.zeros((8, 8, 3), np.uint8), "ndarray"),
    ],
)
def test_what_is_no_name_of_a_photo_is_told_by_its_type(source: Any, kind: str) -> None:
    with pytest.raises(OptionError, match=f"a file name is of type {kind}"):
        photo_paths(source)

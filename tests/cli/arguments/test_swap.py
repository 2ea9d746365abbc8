"""What `dlc swap` alone takes, on real command lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.run import call_dlc


def test_an_empty_name_is_not_the_current_folder(astronaut_file: Path, tmp_path: Path) -> None:
    run = call_dlc("swap", "", astronaut_file, tmp_path / "out.png")
    assert run.returncode == 2
    assert "a file name is empty" in run.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "option",
    ["contact-sheet", "reference", "recognizer-model", "occluder-model", "sign-key", "config"],
)
def test_an_empty_name_of_an_option_is_not_the_current_folder(
    option: str, astronaut_file: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.png"
    run = call_dlc("swap", astronaut_file, astronaut_file, out, f"--{option}", "")
    assert run.returncode == 2
    assert "a file name is empty" in run.stderr
    assert list(tmp_path.iterdir()) == []


def test_rows_of_no_contact_sheet_are_refused(astronaut_file: Path, tmp_path: Path) -> None:
    rows = ("--contact-sheet-rows", "3")
    run = call_dlc("swap", astronaut_file, astronaut_file, tmp_path / "out.png", *rows)
    assert run.returncode == 2
    assert "--contact-sheet-rows has no effect without --contact-sheet" in run.stderr


@pytest.mark.parametrize("choice", ["7", "7,8"])
def test_faces_that_are_not_there_are_named(
    choice: str, astronaut_file: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.png"
    run = call_dlc("swap", astronaut_file, astronaut_file, out, "--faces", choice)
    assert run.returncode == 5
    assert f"has a face {choice.replace(',', ' or ')}; nothing was written" in run.stderr

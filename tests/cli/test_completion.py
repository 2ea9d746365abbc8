"""What a shell is told when somebody presses the tab key."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cli.run import command, environment, run_dlc


def completed(line: str) -> list[str]:
    """Return what bash is offered at the end of a line."""
    words = line.split(" ")
    asked = {
        "_DLC_COMPLETE": "complete_bash",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(words) - 1),
    }
    run = run_dlc(changes=asked)
    assert run.stderr == ""
    return run.stdout.split()


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("dlc sw", ["swap"]),
        ("dlc swap --pre", ["--preset"]),
        ("dlc swap --preset ", ["fast", "balanced", "quality"]),
        ("dlc models pull GPE", ["GPEN-BFR-256", "GPEN-BFR-512"]),
        ("dlc models path insw", ["inswapper_128", "inswapper_128_fp16"]),
    ],
)
def test_a_word_is_completed(line: str, offered: list[str]) -> None:
    assert completed(line) == offered


def test_files_are_left_to_the_shell() -> None:
    assert completed("dlc swap ") == []


def test_the_help_shows_no_value_for_switches() -> None:
    for words in ([], ["swap"], ["models", "pull"]):
        text = run_dlc(*words, "--help").stdout
        assert "--help" in text
        assert "bool" not in text


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs a shell that starts dlc")
def test_a_home_that_takes_no_file_is_told_with_another_way(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.touch()
    # Typer asks which shell it is called from; the second command keeps bash from leaving.
    run = subprocess.run(
        ["bash", "-c", '"$@"; exit $?', "bash", *command("--install-completion")],
        env=environment(HOME=str(home)),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 6, run.stdout
    assert len(run.stderr.splitlines()) == 1
    assert f"{home}" in run.stderr
    assert "dlc --show-completion prints" in run.stderr

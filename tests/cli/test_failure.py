"""Failures: one line for people, an object for programs, no traceback unless asked for."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from dlc.cli.failure import FailureReporter
from dlc.errors import Cancelled, InputError, NoFaceError, OutputError
from tests.cli.run import command, environment

ERROR = NoFaceError("no face in me.jpg;\nchoose a photo that shows one")


def test_a_failure_is_one_line_whatever_its_message(capsys: pytest.CaptureFixture[str]) -> None:
    assert FailureReporter(as_json=False, with_traceback=False).failure(ERROR) == 5
    captured = capsys.readouterr()
    assert captured.err == "dlc: no face in me.jpg; choose a photo that shows one\n"
    assert captured.out == ""


def test_names_are_told_with_all_their_spaces(capsys: pytest.CaptureFixture[str]) -> None:
    error = InputError("no such file: a  b.jpg\n  look again")
    FailureReporter(as_json=True, with_traceback=False).failure(error)
    captured = capsys.readouterr()
    assert captured.err == "dlc: no such file: a  b.jpg look again\n"
    assert json.loads(captured.out)["error"]["message"] == "no such file: a  b.jpg look again"


def test_a_failure_for_programs_keeps_standard_output_to_itself(
    capsys: pytest.CaptureFixture[str],
) -> None:
    FailureReporter(as_json=True, with_traceback=False).failure(ERROR)
    captured = capsys.readouterr()
    assert json.loads(captured.out) == {
        "error": {
            "kind": "NoFaceError",
            "message": "no face in me.jpg; choose a photo that shows one",
            "exit_code": 5,
        }
    }


def test_what_to_do_is_named_as_an_option(capsys: pytest.CaptureFixture[str]) -> None:
    error = OutputError("out.mp4 exists already: choose another name or pass `overwrite=True`")
    FailureReporter(as_json=False, with_traceback=False).failure(error)
    assert capsys.readouterr().err == (
        "dlc: out.mp4 exists already: choose another name or pass --overwrite\n"
    )


def test_the_user_stopping_is_not_worth_a_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    assert FailureReporter(as_json=False, with_traceback=True).failure(Cancelled("stopped")) == 130
    assert capsys.readouterr().err == "dlc: stopped\n"


def test_only_an_error_with_another_behind_it_is_worth_a_traceback(
    capsys: pytest.CaptureFixture[str],
) -> None:
    reporter = FailureReporter(as_json=False, with_traceback=True)
    reporter.failure(ERROR)
    assert capsys.readouterr().err == "dlc: no face in me.jpg; choose a photo that shows one\n"
    try:
        raise ERROR from OSError("the lens cap")
    except NoFaceError as error:
        reporter.failure(error)
    assert "OSError: the lens cap" in capsys.readouterr().err


def test_an_unforeseen_error_is_a_line_too(capsys: pytest.CaptureFixture[str]) -> None:
    error = ZeroDivisionError("division by zero")
    FailureReporter(as_json=True, with_traceback=False).crash(type(error), error, None)
    captured = capsys.readouterr()
    assert len(captured.err.splitlines()) == 1
    assert "ZeroDivisionError" in captured.err
    assert "--verbose" in captured.err
    assert json.loads(captured.out)["error"]["exit_code"] == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["swap", "me.jpg", "no.mp4", "out.mp4", "--json"], 3, "no such file"),
        (["models", "list"], 8, "standard output could not be written, the disk is full"),
        (["--version"], 8, "standard output could not be written, the disk is full"),
    ],
)
def test_a_standard_output_that_takes_nothing_is_one_line_too(
    tmp_path: Path, arguments: list[str], code: int, message: str
) -> None:
    with Path("/dev/full").open("w") as full:
        run = subprocess.run(
            command(*arguments),
            env=environment(),
            cwd=tmp_path,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    assert run.returncode == code
    assert len(run.stderr.splitlines()) == 1
    assert run.stderr.startswith(f"dlc: {message}")


@pytest.mark.skipif(os.name == "nt", reason="a folder that is in use cannot be removed there")
def test_a_current_folder_that_is_gone_is_told(astronaut_file: Path, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    run = subprocess.run(
        command("swap", astronaut_file, astronaut_file, tmp_path / "out.png"),
        env=environment(PYTHONPATH=os.pathsep.join(sys.path)),
        cwd=gone,
        preexec_fn=gone.rmdir,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 3, run.stderr
    assert run.stderr.endswith("dlc: the current folder is gone: change to one that is there\n")
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_command_line_keeps_its_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    reporter = FailureReporter(as_json=False, with_traceback=False)
    assert reporter.usage(typer.BadParameter("--quality is too high")) == 2
    assert "--quality is too high" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], FailureReporter(as_json=False, with_traceback=False)),
        (["swap", "--json"], FailureReporter(as_json=True, with_traceback=False)),
        (["--verbose", "--json"], FailureReporter(as_json=True, with_traceback=True)),
        (["swap", "--", "--json"], FailureReporter(as_json=False, with_traceback=False)),
        (
            ["swap", "--opacity=0.5", "-me.jpg", "-clip.mp4"],
            FailureReporter(as_json=False, with_traceback=False, dashed="-me.jpg"),
        ),
        (["swap", "--", "-me.jpg"], FailureReporter(as_json=False, with_traceback=False)),
    ],
)
def test_options_are_read_from_the_raw_arguments(
    arguments: list[str], expected: FailureReporter
) -> None:
    assert FailureReporter.for_arguments(arguments) == expected

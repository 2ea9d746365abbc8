"""A command that is called in this process answers as one in a process of its own."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from tests.cli.run import call_dlc, run_dlc


@pytest.mark.parametrize(
    "arguments",
    [
        ("--version",),
        ("swap", "--bogus"),
        ("swap", "gone.jpg", "gone.mp4", "out.mp4", "--json"),
        ("models", "list", "--json"),
    ],
    ids=" ".join,
)
def test_answers_are_the_same(arguments: tuple[str, ...]) -> None:
    called, run = call_dlc(*arguments), run_dlc(*arguments)
    answers = [(each.returncode, each.stdout, each.stderr) for each in (called, run)]
    assert answers[0] == answers[1]


def test_nothing_of_this_process_is_changed(tmp_path: Path) -> None:
    def state() -> list[object]:
        handlers = [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)]
        return [*handlers, dict(os.environ), *sys.argv, sys.excepthook, sys.stdout, sys.stderr]

    before = state()
    call_dlc("swap", __file__, __file__, tmp_path / "out.png", changes={"DLC_TEST": "1"})
    assert state() == before


def test_what_libraries_print_is_not_missed(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def print_and_fail(*_modules: str) -> None:
        os.write(1, b"from C, ")
        os.write(2, b"in red, ")
        raise RuntimeError("unforeseen")

    monkeypatch.setattr("dlc.workflows.libraries.require_libraries", print_and_fail)
    done = call_dlc("inspect", __file__)
    assert (done.returncode, done.stdout) == (1, "from C, ")
    assert done.stderr.startswith("in red, dlc: unexpected RuntimeError: unforeseen")
    assert capfd.readouterr() == ("", "")

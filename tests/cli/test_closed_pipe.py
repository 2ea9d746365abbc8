"""Whoever reads may stop reading: dlc ends as quietly as other tools do."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from dlc.cli.app import UNREAD_EXIT_CODE
from dlc.errors import OptionError
from tests.cli.run import command, environment


@pytest.fixture
def closed_pipe() -> Iterator[int]:
    """Return the end of a pipe that nobody reads."""
    reading, writing = os.pipe()
    os.close(reading)
    yield writing
    os.close(writing)


@pytest.mark.parametrize(
    "arguments", [["models", "list", "--json"], ["models", "list"], ["swap", "--help"]]
)
def test_an_answer_that_nobody_reads_ends_dlc_quietly(
    arguments: list[str], closed_pipe: int, tmp_path: Path
) -> None:
    run = subprocess.run(
        command(*arguments),
        env=environment(DLC_MODELS=str(tmp_path)),
        stdout=closed_pipe,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,
    )
    assert (run.returncode, run.stderr) == (UNREAD_EXIT_CODE, "")


def test_a_failure_that_nobody_reads_keeps_its_exit_code(closed_pipe: int) -> None:
    run = subprocess.run(
        command("swap", "--no-such-option", "--json"),
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=closed_pipe,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == OptionError.exit_code
    assert '"UsageError"' in run.stdout

"""Stopping a run: Ctrl-C and termination leave nothing, or a playable beginning."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from dlc.counted import counted
from dlc.media.opening import open_target
from tests.cli.run import command, environment

pytestmark = pytest.mark.skipif(os.name == "nt", reason="sends POSIX signals")

PATIENCE = 60.0


def stopped(number: signal.Signals, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Start a swap, send it a signal once the output grows, and wait for its end."""
    output = Path(arguments[2])
    process = subprocess.Popen(
        command("swap", *arguments),
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + PATIENCE
    while not any(path.stat().st_size > 0 for path in output.parent.glob(".*")):
        assert process.poll() is None, "the run ended before it could be stopped"
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.send_signal(number)
    out, errors = process.communicate(timeout=PATIENCE)
    return subprocess.CompletedProcess(process.args, process.returncode, out, errors)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_run_leaves_nothing(
    astronaut_file: Path, long_clip: Path, folder: Path, number: signal.Signals
) -> None:
    sheet = folder / "sheet.png"
    run = stopped(
        number, astronaut_file, long_clip, folder / "out.mp4", "--json", "--contact-sheet", sheet
    )
    assert run.returncode == 130
    assert run.stderr.splitlines()[-1].startswith("dlc: stopped after ")
    assert "Traceback" not in run.stderr
    assert json.loads(run.stdout)["error"]["kind"] == "Cancelled"
    assert list(folder.iterdir()) == []


def test_a_stopped_run_keeps_a_playable_beginning_on_request(
    astronaut_file: Path, long_clip: Path, folder: Path
) -> None:
    output = folder / "out.mp4"
    run = stopped(signal.SIGINT, astronaut_file, long_clip, output, "--keep-partial")
    assert run.returncode == 130
    assert str(output) in run.stderr.splitlines()[-1]
    assert list(folder.iterdir()) == [output]
    with open_target(output) as reader:
        frames = sum(1 for _ in reader)
    assert 0 < frames < 240
    assert f"stopped after {counted(frames, 'frame')};" in run.stderr

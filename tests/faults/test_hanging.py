"""A decoder that hangs is named, and a second Ctrl-C ends the run without it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.run import environment

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="hangs in a pthread mutex")

PATIENCE = 60.0


@pytest.mark.parametrize("thread", ["main", "worker"])
def test_the_second_request_ends_a_run_that_hangs(
    thread: str, astronaut_file: Path, group_clip: Path, tmp_path: Path
) -> None:
    errors = tmp_path / "errors"
    folder = tmp_path / "outputs"
    folder.mkdir()
    target, output = group_clip, folder / "out.mp4"
    if thread == "worker":
        # The last one of a folder.
        target, output = tmp_path / "targets", folder
        target.mkdir()
        shutil.copy(astronaut_file, target / "a.png")
        shutil.copy(group_clip, target / "clip.mp4")
    swap = ["swap", str(astronaut_file), str(target), str(output), "--json"]
    with errors.open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.hanging", thread, *swap],
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    wait_for("hanging", errors, process)
    process.send_signal(signal.SIGINT)
    if thread == "worker":
        wait_for("stage 'decode' has been busy", errors, process)
        assert "a second Ctrl-C ends the run" in errors.read_text()
    else:
        time.sleep(0.2)  # Two signals at once may be delivered as one.
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert "ended at the second request" in errors.read_text().splitlines()[-1]
    assert '"exit_code": 130' in out
    assert "only what was finished before is kept" in out
    kept = os.listdir(folder)  # noqa: PTH208 - hidden files too
    assert kept == (["a.png"] if thread == "worker" else [])


def wait_for(words: str, log: Path, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + PATIENCE
    while words not in log.read_text():
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline
        time.sleep(0.02)

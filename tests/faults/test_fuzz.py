"""Damaged and hostile files end in an error or a correct result; `make fuzz` tries 700 of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(os.name == "nt", reason="every file is read in a fork")


@pytest.mark.parametrize(
    "share", [("--media", "30", "--models", "0"), ("--media", "0", "--models", "12")]
)
def test_no_file_crashes_hangs_or_loses_frames_in_silence(share: tuple[str, ...]) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "tests.faults.fuzz", *share, "--seed", "2", "--json"],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    cases = [json.loads(line) for line in run.stdout.splitlines()]
    assert len(cases) == sum(int(word) for word in share if word.isdigit()), run.stderr
    assert [case for case in cases if case["failed"]] == []
    # A generator whose files are all refused, or all read, would test nothing.
    assert len({case["verdict"] for case in cases}) > 1
    assert run.returncode == 0

"""A run that is killed leaves nothing under the output's name, and can be resumed to the bit."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dlc.media.opening import open_target
from tests.cli.run import call_dlc, command, environment
from tests.faults import files

pytestmark = pytest.mark.skipif(os.name == "nt", reason="kills by POSIX signals")

# DLC_KILLS=20 kills at more moments.
KILLS = int(os.environ.get("DLC_KILLS", "3"))


def killed(seconds: float, *arguments: str | Path) -> bool:
    """Start a run and kill it after some time; return whether it was still running."""
    process = subprocess.Popen(
        command(*arguments),
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        with pytest.raises(ProcessLookupError):
            os.killpg(process.pid, 0)
        return True
    return False


def test_a_killed_run_is_all_or_nothing(
    astronaut_file: Path, small_clip: Path, tmp_path: Path
) -> None:
    output = tmp_path / "out.mp4"
    swap = ("swap", astronaut_file, small_clip, output, "--end", "1", "--overwrite")
    began = time.monotonic()
    assert call_dlc(*swap).returncode == 0
    whole, count = time.monotonic() - began, 8
    output.unlink()
    chance = random.Random(8)  # noqa: S311 - reproducible, no secret
    killings = 0
    for _ in range(KILLS):
        killings += killed(chance.uniform(0.2, whole), *swap)
        if output.exists():
            with open_target(output) as reader:
                assert sum(1 for _ in reader) == count, "under its name it is whole"
            output.unlink()
    assert killings


# Of a video of three seconds.
TWO_SEGMENTS = ("--end", "2", "--segment-seconds", "1")


@pytest.mark.parametrize(("suffix", "mapped"), [(".mp4", False), (".mkv", True)])
def test_a_resumed_run_is_that_of_one_that_was_left_alone(
    suffix: str,
    mapped: bool,
    astronaut_file: Path,
    group_file: Path,
    small_clip: Path,
    tmp_path: Path,
) -> None:
    outputs = [tmp_path / f"{name}{suffix}" for name in ("plain", "alone", "resumed")]
    plain, alone, resumed = outputs
    segments: tuple[str, ...] = ("--resume", *TWO_SEGMENTS)
    if mapped:
        segments += ("--map", f"{group_file}={group_file}")
    assert call_dlc("swap", astronaut_file, small_clip, plain, "--end", "2").returncode == 0
    assert call_dlc("swap", astronaut_file, small_clip, alone, *segments).returncode == 0
    swap = ("swap", astronaut_file, small_clip, resumed, *segments)
    kill_after_segment(*swap)
    assert not resumed.exists()
    run = call_dlc(*swap)
    assert "1 of 2 segments were there already" in run.stderr
    assert files.frames(resumed) == files.frames(alone)
    assert [at for at, _ in files.frames(resumed)] == [at for at, _ in files.frames(plain)]
    assert files.sound(resumed) == files.sound(alone) == files.sound(plain)
    assert sorted(os.listdir(tmp_path)) == sorted(path.name for path in outputs)  # noqa: PTH208


def test_segments_of_another_swap_are_refused(
    astronaut_file: Path, small_clip: Path, tmp_path: Path
) -> None:
    output = tmp_path / "out.mp4"
    swap = ("swap", astronaut_file, small_clip, output, "--resume", *TWO_SEGMENTS)
    kill_after_segment(*swap)
    run = call_dlc(*swap, "--quality", "30")
    assert run.returncode == 6
    assert "begun with something else (encoding)" in run.stderr
    assert "pass --overwrite" in run.stderr
    run = call_dlc(*swap, "--quality", "30", "--overwrite")
    assert run.returncode == 0, run.stderr
    assert "were there already" not in run.stderr
    assert os.listdir(tmp_path) == ["out.mp4"]  # noqa: PTH208


def test_a_damaged_segment_is_made_again(
    astronaut_file: Path, small_clip: Path, tmp_path: Path
) -> None:
    output = tmp_path / "out.mp4"
    swap = ("swap", astronaut_file, small_clip, output, "--resume", *TWO_SEGMENTS)
    kill_after_segment(*swap)
    (folder,) = tmp_path.glob(".*.dlc-resume")
    (folder / "000000.mp4").write_bytes(b"half")
    run = call_dlc(*swap)
    assert run.returncode == 0, run.stderr
    assert "were there already" not in run.stderr
    assert len(files.frames(output)) == 16


def kill_after_segment(*arguments: str | Path) -> None:
    """Start a run that is killed soon after its first segment is finished."""
    words = [sys.executable, "-m", "tests.faults.dying", *map(str, arguments)]
    run = subprocess.run(words, env=environment(), stdin=subprocess.DEVNULL, check=False)
    assert run.returncode == -signal.SIGKILL
    folder = Path(arguments[3]).parent
    assert list(folder.glob(".*.dlc-resume/000000.json"))


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="mounts a file system")
@pytest.mark.parametrize("options", [(), ("--resume", "--segment-seconds", "1")])
def test_a_full_disk(
    options: tuple[str, ...], astronaut_file: Path, small_clip: Path, tmp_path: Path
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(disk)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("mounting is not allowed here")
    try:
        quality = ("--quality", "1", *options)
        run = call_dlc("swap", astronaut_file, small_clip, disk / "out.mp4", *quality)
        assert run.returncode == 8, run.stderr
        assert "the disk is full" in run.stderr.splitlines()[-1]
        left = os.listdir(disk)  # noqa: PTH208
        assert left in ([], [".out.mp4.dlc-resume"])
        if left:
            assert "the same command goes on from there" in run.stderr
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.skipif(sys.platform != "linux", reason="limits the address space")
@pytest.mark.parametrize("mebibytes", [300, 1200])
def test_too_little_memory(
    mebibytes: int, astronaut_file: Path, small_clip: Path, tmp_path: Path
) -> None:
    import resource

    limit = mebibytes << 20
    run = subprocess.run(
        command("swap", astronaut_file, small_clip, tmp_path / "out.mp4", "--end", "0.5"),
        env=environment(OPENBLAS_NUM_THREADS="1"),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)),
    )
    # Libraries that cannot even be loaded end the process in their own ways.
    assert run.returncode == 0 or run.stderr
    assert os.listdir(tmp_path) == (["out.mp4"] if run.returncode == 0 else [])  # noqa: PTH208

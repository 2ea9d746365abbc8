"""`dlc swap` on a folder as a user types it: what is done, left alone, reported and kept."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import av
import pytest
from PIL import Image

from tests import clips
from tests.cli.run import call_dlc, command, environment
from tests.e2e.conftest import NEAR, remux


@pytest.fixture
def targets(tmp_path: Path) -> Path:
    """Return a folder with a short clip of two faces, a transport stream of it, and no video."""
    folder = tmp_path / "targets"
    folder.mkdir()
    clips.write_clip(folder / "clip.mp4", clips.Clip(320, 180, 30, 0.2, NEAR, NEAR))
    remux(folder / "clip.mp4", folder / "clip10.ts")
    (folder / "notes.txt").write_text("from the shelf")
    return folder


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_folder_is_swapped_whatever_one_file_does(
    astronaut_file: Path, wall: Path, targets: Path, folder: Path
) -> None:
    output = folder / "swapped"
    shutil.copy(wall, targets / "clip2.png")
    run = call_dlc("swap", astronaut_file, targets, output, "--json")
    assert run.returncode == 5
    result = json.loads(run.stdout)
    assert run.stdout.count("\n") == 1
    assert (result["done"], result["already_there"], result["failed"]) == (2, 0, 1)
    first, failed, last = result["files"]
    assert (first["output"], first["frames"]) == (str(output / "clip.mp4"), 6)
    assert (failed["target"], failed["error"]["kind"]) == (
        str(targets / "clip2.png"),
        "NoFaceError",
    )
    assert (last["output"], last["frames"]) == (str(output / "clip10.mp4"), 6)
    assert names(output) == ["clip.mp4", "clip10.mp4"]
    with av.open(output / "clip10.mp4") as container:
        assert "mp4" in container.format.name
    assert run.stderr.count("engine mesh: ") == 1
    lines = run.stderr.splitlines()
    (problem,) = (line for line in lines if line.startswith("error: "))
    assert problem == f"error: no face in {targets / 'clip2.png'}; nothing was written"
    assert lines.index(problem) < lines.index("files     2 done, 1 failed")
    assert (
        "note      1 file is of a kind that dlc does not write: clip10.ts becomes clip10.mp4"
    ) in lines
    assert "note      1 file is of no kind that dlc reads, and left out: notes.txt" in lines
    assert lines[-1] == f"output    {output}"


def test_an_mpo_becomes_a_jpeg(astronaut_file: Path, tmp_path: Path, folder: Path) -> None:
    targets = tmp_path / "targets"
    targets.mkdir()
    with Image.open(astronaut_file) as photo:
        photo.save(targets / "a.mpo", "MPO", save_all=True, append_images=[photo.rotate(180)])

    run = call_dlc("swap", astronaut_file, targets, folder, "--json")

    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout)["faces"] == 1
    with Image.open(folder / "a.jpg") as picture:
        assert (picture.format, picture.size) == ("JPEG", (512, 512))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_a_name_gives_the_terminal_no_orders(
    astronaut_file: Path, wall: Path, tmp_path: Path, folder: Path
) -> None:
    targets = tmp_path / "targets"
    targets.mkdir()
    name, shown = "wall\x1b[2Jred\n.png", r"wall\x1b[2Jred\n.png"
    shutil.copy(wall, targets / name)
    run = call_dlc("swap", astronaut_file, targets, folder / "swapped", "--json")
    assert run.returncode == 5
    assert "\x1b" not in run.stderr
    problem, row = (line for line in run.stderr.splitlines() if shown in line)
    assert problem == f"error: no face in {targets}/{shown}; nothing was written"
    assert row.startswith(shown)
    assert json.loads(run.stdout)["files"][0]["target"] == str(targets / name)


def test_the_same_command_goes_on(astronaut_file: Path, targets: Path, folder: Path) -> None:
    arguments = ["swap", astronaut_file, targets, folder, "--quiet", "--end", "0.1"]
    (folder / "clip.mp4").write_bytes(b"precious")
    run = call_dlc(*arguments)
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")
    assert (folder / "clip.mp4").read_bytes() == b"precious"
    assert names(folder) == ["clip.mp4", "clip10.mp4"]
    run = call_dlc(*arguments, "--overwrite")
    assert run.returncode == 0
    assert (folder / "clip.mp4").read_bytes() != b"precious"


def test_a_configuration_may_name_a_folder(
    astronaut_file: Path, targets: Path, folder: Path, tmp_path: Path
) -> None:
    (targets / "clip10.ts").unlink()
    config = tmp_path / "dlc.toml"
    names_of = {"source": astronaut_file, "target": targets, "output": folder / "out"}
    lines = [f'{key} = "{path.as_posix()}"' for key, path in names_of.items()]
    config.write_text("\n".join(["[swap]", "json = true", 'end = "0.1"', *lines]))
    shown = call_dlc("swap", "--config", config, "--show-config")
    assert f'target = "{targets.as_posix()}"' in shown.stdout
    run = call_dlc("swap", "--config", config)
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout)["files"][0]["frames"] == 3


@pytest.mark.skipif(os.name == "nt", reason="sends POSIX signals")
def test_ctrl_c_keeps_what_is_finished(
    astronaut_file: Path, targets: Path, long_clip: Path, folder: Path
) -> None:
    shutil.copy(long_clip, targets / "clip10.mp4")
    (targets / "clip10.ts").unlink()
    process = subprocess.Popen(
        command("swap", astronaut_file, targets, folder, "--json"),
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 60
    while not any(path.stat().st_size > 0 for path in folder.glob(".clip10.*")):
        assert process.poll() is None, "the run ended before it could be stopped"
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    out, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    message = json.loads(out)["error"]["message"]
    assert message.startswith("clip10.mp4: stopped after ")
    assert message.endswith(
        f"1 of 2 files is done, in {folder}, and left alone when the same command continues"
    )
    assert errors.splitlines()[-1] == f"dlc: {message}"
    assert names(folder) == ["clip.mp4"]


@pytest.mark.skipif(os.name == "nt", reason="sets a POSIX limit")
def test_a_full_disk_ends_the_run(astronaut_file: Path, targets: Path, folder: Path) -> None:
    resource = pytest.importorskip("resource")
    run = subprocess.run(
        command("swap", astronaut_file, targets, folder, "--quality", "1"),
        env=environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000)),
    )
    assert run.returncode == 8, run.stderr
    assert "disk is full" in run.stderr.splitlines()[-1]
    assert "; 0 of 2 files are done" in run.stderr.splitlines()[-1]
    assert list(folder.iterdir()) == []

"""`dlc live` as a process: a played file, Ctrl-C, and a source that dies."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

import dlc
from dlc.cli.app import UNREAD_EXIT_CODE
from dlc.media.live.opening import open_live_source
from dlc.media.opening import open_target
from tests.cli.run import call_dlc, command, environment, run_dlc
from tests.resident import resident_mib
from tests.sound_server import TONE_HZ, sound_server

PATIENCE = 60.0


def frames_in(path: Path) -> int:
    with open_target(path) as reader:
        return sum(1 for _ in reader)


def wait_for_lines(log: Path, count: int, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not (log.exists() and log.read_text().count("\n") >= count):
        assert process.poll() is None, "the run ended before it could be stopped"
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_file_is_played_to_its_end(astronaut_file: Path, clip: Path, folder: Path) -> None:
    output = folder / "out.mp4"
    run = run_dlc(
        "live", "--source", astronaut_file, "--camera", clip, "--engine", "mesh",
        "--output", output, "--label", "synthetic media",
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert "the source ended" in run.stderr
    assert "faces swapped" in run.stderr
    assert frames_in(output) > 0
    inspection = run_dlc("inspect", output)
    assert inspection.returncode == 0
    assert "signed, intact" in inspection.stdout
    assert inspection.stdout.count("SHA-256") == 2, "of the photo and of the file that was played"


@pytest.mark.skipif(os.name == "nt", reason="sends a POSIX signal")
def test_ctrl_c_ends_a_run_cleanly(astronaut_file: Path, clip: Path, folder: Path) -> None:
    output, log = folder / "out.mkv", folder / "stats.jsonl"
    process = subprocess.Popen(
        command(
            "live", "--source", astronaut_file, "--camera", clip, "--loop", "--engine", "mesh",
            "--output", output, "--json-lines", log,
        ),
        env=environment(),
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    wait_for_lines(log, 2, process)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, errors
    assert "it was stopped" in errors
    assert "Traceback" not in errors
    assert frames_in(output) > 0
    assert json.loads(log.read_text().splitlines()[0])["capture_fps"] > 0


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_second_half_of_a_run_takes_no_more_memory(
    astronaut_file: Path, clip: Path, folder: Path
) -> None:
    output, log = folder / "out.mp4", folder / "stats.jsonl"
    process = subprocess.Popen(
        command(
            "live", "--source", astronaut_file, "--camera", clip, "--loop", "--engine", "mesh",
            "--output", output, "--json-lines", log, "--duration", "9",
        ),
        env=environment(),
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    resident: dict[int, float] = {}
    while process.poll() is None:
        told = log.read_text().count("\n") if log.exists() else 0
        resident.setdefault(told, resident_mib(process.pid))
        time.sleep(0.2)
    errors = process.communicate()[1]
    assert process.returncode == 0, errors
    seconds = sorted(resident)
    half, last = resident[seconds[len(seconds) // 2]], resident[seconds[-2]]
    assert last - half < 25, resident
    stats = [json.loads(line) for line in log.read_text().splitlines()]
    assert len(stats) >= 6
    # How many frames they were is a matter of the machine, and of what else it does.
    assert sum(line["processing_fps"] > 0 for line in stats) >= 3
    assert frames_in(output) >= 3


def test_a_camera_that_is_not_there_is_told(astronaut_file: Path, folder: Path) -> None:
    run = run_dlc(
        "live", "--source", astronaut_file, "--camera", "http://127.0.0.1:9/", "--engine", "mesh",
        "--output", folder / "out.mp4",
    )  # fmt: skip
    assert run.returncode == 13
    assert "127.0.0.1" in run.stderr
    assert "Traceback" not in run.stderr
    assert list(folder.iterdir()) == []


def test_the_library_takes_numbers_of_cameras_and_paths_of_files(
    astronaut_file: Path, folder: Path
) -> None:
    options = dlc.LiveOptions(output=folder / "out.mp4", engine=dlc.Engine.MESH)
    with pytest.raises(dlc.CameraError, match="97"):
        dlc.live(astronaut_file, 97, options)
    with pytest.raises(dlc.InputError, match=r"no such file: .*gone\.mp4"):
        dlc.live(astronaut_file, folder / "gone.mp4", options)
    camera: Any = None
    with pytest.raises(dlc.OptionError, match="the camera is of type NoneType; give a number"):
        dlc.live(astronaut_file, camera, options)
    assert list(folder.iterdir()) == []


def test_a_mirrored_source_is_recorded_mirrored(astronaut_file: Path, folder: Path) -> None:
    output, graph = folder / "out.mkv", "smptebars=size=64x48:rate=10:duration=0.5"
    run = run_dlc(
        "live", "--source", astronaut_file, "--camera", f"lavfi:{graph}", "--engine", "mesh",
        "--mirror", "--output", output, "--encoder", "ffv1",
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    with open_live_source(f"lavfi:{graph}") as source, open_target(output) as reader:
        bars = source.read()
        assert bars is not None
        for frame in reader:
            difference = np.abs(frame.to_bgr().astype(int) - bars.bgr[:, ::-1])
            # 4:2:0 blurs the colors between two bars.
            assert np.median(difference) <= 2


def test_the_figures_do_not_replace_the_clip_that_is_played(
    astronaut_file: Path, clip: Path, folder: Path, tmp_path: Path
) -> None:
    own = tmp_path / "own.mp4"
    own.write_bytes(clip.read_bytes())
    run = call_dlc(
        "live", "--source", astronaut_file, "--camera", own, "--output", folder / "out.mp4",
        "--json-lines", own, "--overwrite",
    )  # fmt: skip
    assert run.returncode == 6
    assert "own.mp4 is an input as well" in run.stderr
    assert own.read_bytes() == clip.read_bytes()
    assert list(folder.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="no signal tells of a pipe that nobody reads")
def test_figures_on_standard_output_are_all_there_is_and_end_when_nobody_reads_on(
    astronaut_file: Path, clip: Path, folder: Path
) -> None:
    output = folder / "out.mkv"
    process = subprocess.Popen(
        command(
            "live", "--source", astronaut_file, "--camera", clip, "--loop", "--engine", "mesh",
            "--output", output, "--json-lines", "-",
        ),
        cwd=folder,
        env=environment(PYTHONPATH=os.pathsep.join(sys.path)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stderr is not None
    lines = [json.loads(process.stdout.readline()) for _ in range(2)]
    while not lines[-1]["processing_fps"]:
        lines.append(json.loads(process.stdout.readline()))
    process.stdout.close()
    assert process.wait(PATIENCE) == UNREAD_EXIT_CODE
    errors = process.stderr.read()
    process.stderr.close()
    assert "Traceback" not in errors
    assert all(line["capture_fps"] >= 0 for line in lines)
    assert frames_in(output) > 0
    assert list(folder.iterdir()) == [output]


def test_a_recording_has_the_sound_of_its_microphone(
    astronaut_file: Path, folder: Path, tmp_path: Path
) -> None:
    output = folder / "out.mp4"
    with sound_server(tmp_path) as (_, found_by):
        run = run_dlc(
            "live", "--source", astronaut_file, "--camera", "lavfi:testsrc2=size=320x180:rate=30",
            "--engine", "mesh", "--output", output, "--microphone", "default", "--duration", "5",
            changes=found_by,
        )  # fmt: skip
    assert run.returncode == 0, run.stderr
    with av.open(str(output)) as container:
        frames = list(container.decode(audio=0))
    samples = np.concatenate([frame.to_ndarray().mean(axis=0) for frame in frames])
    rate = frames[0].sample_rate
    # PulseAudio hands the tone over every two seconds.
    assert 2.8 < len(samples) / rate < 5.2
    loudest = np.argmax(np.abs(np.fft.rfft(samples))) * rate / len(samples)
    assert loudest == pytest.approx(TONE_HZ, abs=1)
    # Nowhere in the middle is it silent.
    tenths = samples[rate // 2 : 5 * rate // 2].reshape(20, -1)
    assert np.abs(tenths).max(axis=1).min() > 0.5 * np.abs(samples).max()


def test_a_microphone_that_goes_away_ends_the_run_and_leaves_the_recording(
    astronaut_file: Path, folder: Path, tmp_path: Path
) -> None:
    output, log = folder / "out.mkv", folder / "stats.jsonl"
    with sound_server(tmp_path) as (server, found_by):
        process = subprocess.Popen(
            command(
                "live", "--source", astronaut_file, "--camera", "lavfi:testsrc2=rate=30",
                "--engine", "mesh", "--output", output, "--microphone", "default",
                "--json-lines", log, "--duration", "60",
            ),
            env=environment(**found_by),
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )  # fmt: skip
        wait_for_lines(log, 2, process)
        server.kill()
        errors = process.communicate(timeout=PATIENCE)[1]
    assert process.returncode == 18, errors
    assert "no sound any more" in errors
    assert "Traceback" not in errors
    assert frames_in(output) > 30

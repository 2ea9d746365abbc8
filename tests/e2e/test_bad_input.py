"""Bad input: one clear line that says what to do, an exit code of its own, nothing left behind."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
import pytest

from tests.cli.run import call_dlc, command, environment, run_dlc
from tests.e2e.conftest import remux

OPTION, INPUT, DAMAGED, NO_FACE, OUTPUT, ENCODER, WRITE, MODEL = 2, 3, 4, 5, 6, 7, 8, 9


@dataclass(frozen=True)
class Files:
    """What a case can be made of; `folder` is where outputs go."""

    photo: Path
    clip: Path
    wall: Path
    folder: Path

    def made(self, name: str, content: bytes = b"") -> Path:
        """Return a new file beside the outputs."""
        path = self.folder / name
        path.write_bytes(content)
        return path


@pytest.fixture
def files(astronaut_file: Path, clip: Path, wall: Path, folder: Path) -> Files:
    return Files(astronaut_file, clip, wall, folder)


def audio_only(files: Files) -> Path:
    path = files.folder / "tone.m4a"
    with av.open(path, "w") as container:
        stream = container.add_stream("aac", rate=48_000)
        frame = av.AudioFrame.from_ndarray(
            np.zeros((1, 4800), np.float32), format="fltp", layout="mono"
        )
        frame.sample_rate = 48_000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def cut(path: Path, share: float) -> Path:
    """Cut a file short."""
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    return path


def cut_mp4(files: Files) -> Path:
    """Return an MP4 whose index comes first, without its last third."""
    return cut(remux(files.clip, files.folder / "cut.mp4", movflags="faststart"), 0.66)


def cut_mkv(files: Files) -> Path:
    return cut(remux(files.clip, files.folder / "cut.mkv"), 0.66)


def folder_of_walls(files: Files) -> Path:
    path = files.folder / "walls"
    path.mkdir()
    shutil.copy(files.wall, path / "wall.png")
    return path


def empty_folder(files: Files) -> Path:
    path = files.folder / "nobody"
    path.mkdir()
    return path


def linked(files: Files) -> Path:
    path = files.folder / "link.mp4"
    path.symlink_to(files.clip)
    return path


Argument = str | Callable[[Files], Path]


def photo(files: Files) -> Path:
    return files.photo


def clip_file(files: Files) -> Path:
    return files.clip


def wall_file(files: Files) -> Path:
    return files.wall


@dataclass(frozen=True)
class Case:
    """A command line and how it fails; text arguments are names in the folder of outputs."""

    name: str
    exit_code: int
    words: tuple[str, ...]
    source: Argument = photo
    target: Argument = clip_file
    output: Argument = "out.mp4"
    options: tuple[str, ...] = ()


CASES = [
    Case("no such source", INPUT, ("no such file", "gone.jpg"), source="gone.jpg"),
    Case("no such target", INPUT, ("no such file", "gone.mp4"), target="gone.mp4"),
    Case(
        "an address as target", INPUT, ("rtsp://camera/1 is an address", "`dlc live`"),
        target=lambda _: Path("rtsp://camera/1"),
    ),
    Case(
        "an address as source", INPUT, ("https://example.com/me.jpg is an address",),
        source=lambda _: Path("https://example.com/me.jpg"),
    ),
    Case(
        "a text file as target", INPUT, ("text.mp4", "not a video"),
        target=lambda files: files.made("text.mp4", b"no video at all\n" * 50),
    ),
    Case(
        "a text file as source", INPUT, ("text.jpg",),
        source=lambda files: files.made("text.jpg", b"no photo at all\n" * 50),
    ),
    Case(
        "source and target exchanged", INPUT, ("clip", "is no picture", "first"), source=clip_file,
        target=photo,
    ),
    Case("an empty target", INPUT, ("empty",), target=lambda files: files.made("none.mp4")),
    Case("an empty source", INPUT, ("empty",), source=lambda files: files.made("none.jpg")),
    Case("a folder without targets", INPUT, ("no video", ".wmv"), target=empty_folder),
    Case(
        "a folder into itself", OUTPUT, ("folder of the targets",),
        target=folder_of_walls, output="walls",
    ),
    Case(
        "a folder into a name of a file", OUTPUT, ("out.mp4", "name of a file"),
        target=folder_of_walls,
    ),
    Case(
        "a folder into a file", OUTPUT, ("out", "a folder is needed"), target=folder_of_walls,
        output=lambda files: files.made("out", b"precious"),
    ),
    Case("a folder without photos", INPUT, ("holds no picture",), source=empty_folder),
    Case("sound only", INPUT, ("no video stream",), target=audio_only),
    Case("a cut MP4", DAMAGED, ("cut.mp4", "--allow-damaged"), target=cut_mp4),
    Case("a cut MKV", DAMAGED, ("cut.mkv", "--allow-damaged"), target=cut_mkv),
    Case("no face in the source", NO_FACE, ("no face", "wall.png"), source=wall_file),
    Case("no face in a folder", NO_FACE, ("no face", "wall.png"), source=folder_of_walls),
    Case(
        "no face in the target", NO_FACE, ("no face", "wall.png"),
        target=wall_file, output="out.png",
    ),
    Case(
        "the output exists", OUTPUT, ("out.mp4", "exists"),
        output=lambda files: files.made("out.mp4", b"precious"),
    ),
    Case(
        "the output is the target", OUTPUT, ("input",), output=clip_file, options=("--overwrite",)
    ),
    Case(
        "the output is a link to the target", OUTPUT, ("input",), output=linked,
        options=("--overwrite",),
    ),
    Case(
        "the output is the source", OUTPUT, ("input",), target=wall_file, output=photo,
        options=("--overwrite",),
    ),
    Case("the output's folder is missing", OUTPUT, ("missing",), output="missing/out.mp4"),
    Case("an unknown extension", OUTPUT, (".xyz",), output="out.xyz"),
    Case("no extension", OUTPUT, ("out",), output="out"),
    Case(
        "an end for a picture of a video", OPTION, ("--end", "--start"), output="out.png",
        options=("--end", "0.2"),
    ),
    Case("a resumed picture", OPTION, ("out.png",), output="out.png", options=("--resume",)),
    Case("a height beyond memory", OPTION, ("--height",), options=("--height", "9000")),
    Case("a video of a picture", OUTPUT, ("out.mp4",), target=wall_file),
    Case(
        "a codec the container cannot hold", ENCODER, ("libx264", "webm"),
        output="out.webm", options=("--encoder", "libx264"),
    ),
    Case(
        "an unknown encoder", ENCODER, ("magic", "libx264"), options=("--encoder", "magic")
    ),
    Case("start after end", OPTION, ("start", "end"), options=("--start", "0.4", "--end", "0.2")),
    Case("start past the end", OPTION, ("start",), options=("--start", "99")),
    Case("an engine that is not built in", MODEL, ("mesh",), options=("--engine", "inswapper")),
    Case(
        "a contact sheet that is no PNG", OUTPUT, (".png",), options=("--contact-sheet", "a.jpg")
    ),
]  # fmt: skip


# One for each moment at which a run can end.
IN_A_PROCESS = ("no such target", "a cut MP4", "no face in the target", "an unknown encoder")


def resolved(argument: Argument, files: Files) -> Path:
    return files.folder / argument if isinstance(argument, str) else argument(files)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_bad_input(case: Case, files: Files) -> None:
    arguments = [resolved(argument, files) for argument in (case.source, case.target, case.output)]
    before = {path: path.read_bytes() for path in files.folder.rglob("*") if path.is_file()}
    inputs = {path: path.read_bytes() for path in (files.photo, files.clip, files.wall)}
    run = run_dlc if case.name in IN_A_PROCESS else call_dlc
    done = run("swap", *arguments, *case.options, "--json", "--quiet")
    assert done.returncode == case.exit_code, done.stderr
    (line,) = done.stderr.splitlines()
    assert line.startswith("dlc: ")
    for word in case.words:
        assert word in line
    assert json.loads(done.stdout)["error"]["exit_code"] == case.exit_code
    after = {path: path.read_bytes() for path in files.folder.rglob("*") if path.is_file()}
    assert after == before, "nothing is left behind and nothing was touched"
    assert {path: path.read_bytes() for path in inputs} == inputs


@pytest.mark.parametrize("make", [cut_mp4, cut_mkv])
def test_what_can_be_read_of_a_damaged_target_is_swapped_on_request(
    make: Callable[[Files], Path], files: Files
) -> None:
    output = files.folder / "out.mp4"
    run = call_dlc("swap", files.photo, make(files), output, "--allow-damaged", "--json")
    assert run.returncode == 0, run.stderr
    result = json.loads(run.stdout)
    assert 0 < result["frames"] < 15
    assert result["frames"] + result["frames_lost"] == 15
    assert f"{result['frames_lost']} could not be read" in run.stderr


@pytest.mark.skipif(os.name == "nt", reason="names are bytes on POSIX only")
def test_names_that_are_no_text_are_reported_all_the_same(files: Files) -> None:
    target = files.folder / os.fsdecode(b"caf\xe9 [red].mp4")
    run = run_dlc("swap", files.photo, target, files.folder / "out.mp4", "--json")
    assert run.returncode == INPUT
    assert "[red].mp4" in run.stderr.splitlines()[-1]
    message = json.loads(run.stdout)["error"]["message"]
    assert os.fsencode(message).endswith(os.fsencode(target))


def test_a_video_of_one_frame_works(files: Files) -> None:
    run = call_dlc(
        "swap", files.photo, files.clip, files.folder / "out.mp4", "--end", "0.01", "--json"
    )
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout)["frames"] == 1


def test_a_disk_that_fills_up_leaves_nothing(files: Files) -> None:
    resource = pytest.importorskip("resource")
    # A limit on the size of files makes writing fail as a full disk does, without needing one.
    run = subprocess.run(
        command("swap", files.photo, files.clip, files.folder / "out.mp4", "--quality", "1"),
        env=environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)),
    )
    assert run.returncode == WRITE, run.stderr
    assert "disk is full" in run.stderr.splitlines()[-1]
    assert list(files.folder.iterdir()) == []


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="a superuser may write everywhere")
def test_a_folder_that_may_not_be_written_to(files: Files) -> None:
    files.folder.chmod(0o500)
    try:
        run = call_dlc("swap", files.photo, files.clip, files.folder / "out.mp4", "--quiet")
    finally:
        files.folder.chmod(0o700)
    assert run.returncode == OUTPUT
    assert "may not be written to" in run.stderr


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="no /proc here")
def test_a_folder_that_nobody_can_write_to(files: Files) -> None:
    run = call_dlc("swap", files.photo, files.clip, "/proc/self/out.mp4", "--quiet")
    assert run.returncode in {OUTPUT, WRITE}
    (line,) = run.stderr.splitlines()
    assert "/proc/self" in line

"""Two people who cross get a source each, and keep it: read from the file that comes out."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from dlc.faces.alignment import aligned_crop, arcface_matrix
from dlc.faces.people.arcface import ArcFaceRecognizer
from dlc.faces.people.recognizing_finder import RecognizingFinder
from dlc.faces.tracking.tracker import load_tracker
from dlc.inference.cpu import create_session
from dlc.media.opening import open_target
from dlc.options import Engine, NeuralOptions, PeopleOptions, SwapOptions
from dlc.workflows.batch.plan import SwapPlan
from dlc.workflows.batch.run import run_swap
from dlc.workflows.engines.engine import LoadedEngine
from dlc.workflows.people.assignment import Assignment
from dlc.workflows.people.faces import FacesOptions, find_people
from tests import clips, crossing
from tests.cli.run import call_dlc, command, environment
from tests.faces.pictures import Picture
from tests.workflows import two_people
from tests.workflows.painter import BLUE, GREEN, Dyer


@pytest.fixture(scope="module")
def moments(shared_data: Path) -> list[crossing.Moment]:
    return list(crossing.crossing(shared_data))


@pytest.fixture(scope="module")
def clip(moments: list[crossing.Moment], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("crossing") / "crossing.mp4"
    with av.open(path, "w") as container:
        stream = container.add_stream("libx264", rate=crossing.FPS, options={"crf": "14"})
        stream.width, stream.height, stream.pix_fmt = crossing.WIDTH, crossing.HEIGHT, "yuv420p"
        for moment in moments:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(moment.bgr, format="bgr24")))
        container.mux(stream.encode(None))
    return path


@pytest.fixture(scope="module")
def recognizer(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    crops: tuple[list[NDArray[np.uint8]], ...] = ([], [])
    tracker = load_tracker()
    for number, moment in enumerate(crossing.rehearsal(shared_data)):
        picture = Picture(moment.bgr, number / crossing.FPS)
        for face in tracker.find(picture):
            matrix = arcface_matrix(face.points, 112)
            assert matrix is not None
            who = moment.who(float(face.box[[0, 2]].mean()), float(face.box[[1, 3]].mean()))
            crops[who].append(aligned_crop(picture, matrix, 112))
    path = tmp_path_factory.mktemp("two") / "two.onnx"
    return crossing.write_two_people_recognizer(path, (crops[0], crops[1]))


def painted(bgr: NDArray[np.uint8], head: tuple[float, float]) -> set[tuple[int, int, int]]:
    """Return the colors of which there is a good deal around a head."""
    left, top = round(head[0]) - 60, round(head[1]) - 90
    part = bgr[max(top, 0) : top + 220, max(left, 0) : left + 120].astype(int)
    near = {
        color: (np.abs(part - np.array(color)).max(axis=2) < 60).sum() for color in (GREEN, BLUE)
    }
    return {color for color, pixels in near.items() if pixels > 900}


def test_each_person_has_their_own_source_in_every_frame(
    clip: Path,
    recognizer: Path,
    moments: list[crossing.Moment],
    astronaut_file: Path,
    group_file: Path,
    tmp_path: Path,
    shared_data: Path,
) -> None:
    neural = NeuralOptions(
        detector_model=shared_data / "scrfd_2.5g_kps.onnx", recognizer_model=recognizer
    )
    people = find_people(clip, tmp_path / "people", FacesOptions(neural=neural)).people
    assert len(people) == 2, "two people cross, and there are still two"
    # A square photo is painted blue, a wide one green.
    faces = {crossing.FRONT: astronaut_file, crossing.BACK: group_file}
    colors = {crossing.FRONT: BLUE, crossing.BACK: GREEN}
    assignments = tuple(
        Assignment((person.photo,), (faces[who],))
        for who, person in zip((crossing.FRONT, crossing.BACK), people, strict=True)
    )
    output = tmp_path / "out.mp4"
    plan = SwapPlan(
        assignments, clip, output, SwapOptions(people=PeopleOptions()), Engine.MESH, "test"
    )
    tracker = load_tracker()
    arcface = ArcFaceRecognizer(recognizer, create_session(recognizer))
    engine = LoadedEngine(tracker, Dyer(), RecognizingFinder(tracker, arcface))
    result = run_swap(plan, lambda _: engine)
    assert not [note for note in result.notes if "recognized" in note]
    seen = {crossing.FRONT: 0, crossing.BACK: 0}
    with open_target(output) as reader:
        for frame, moment in zip(reader, moments, strict=True):
            bgr = frame.to_bgr()
            for who, head in enumerate(moment.heads):
                # Where one is in front of the other, their colors cannot be told apart by place.
                if moment.apart < 180:
                    continue
                found = painted(bgr, head)
                assert found <= {colors[who]}, (frame.index, who)
                seen[who] += len(found)
    far = sum(moment.apart >= 180 for moment in moments)
    assert far > 30
    assert min(seen.values()) >= far - 3


def test_live_a_person_who_is_not_mapped_hides_the_picture(
    clip_of_two: Path, astronaut_file: Path, folder: Path, tmp_path: Path
) -> None:
    """With the built-in engine as it is; the recorded pictures are black from the first on."""
    anna, bela = two_people.write_portraits(tmp_path)
    recognizer = two_people.write_recognizer(tmp_path / "two.onnx")
    output = folder / "out.mp4"
    live = (
        "live", "--camera", clip_of_two, "--engine", "mesh", "--recognizer-model", recognizer,
        "--no-face", "blank", "--output", output, "--overwrite",
        "--map", f"{anna}={astronaut_file}",
    )  # fmt: skip
    run = call_dlc(*live)
    assert run.returncode == 0, run.stderr
    assert " 0 faces swapped" not in run.stderr
    assert not any(frame.any() for frame in decoded(output))
    # With a source for the rest, everybody is swapped.
    run = call_dlc(*live, "--source", astronaut_file)
    assert run.returncode == 0, run.stderr
    assert any(frame.any() for frame in decoded(output))
    told = call_dlc("inspect", output).stdout
    assert told.count("SHA-256") == 2, "of the photo whose face was used and of the clip"
    run = call_dlc(*live, "--map", f"{bela}={astronaut_file}", "--reference", bela)
    assert run.returncode == 2
    assert "contradict" in run.stderr


@pytest.fixture
def clip_of_two(tmp_path: Path) -> Path:
    """Return a second of Anna and Bela under a camera that moves a little."""
    path = tmp_path / "two.mp4"
    views = clips.View(670.0, 400.0, 560.0), clips.View(660.0, 390.0, 600.0)
    clips.write_clip(path, clips.Clip(640, 360, 30, 1.0, *views))
    return path


def decoded(path: Path) -> list[NDArray[np.uint8]]:
    """Return the pictures of a video; what is black is 0, whatever its color range."""
    with open_target(path) as reader:
        pictures = [frame.to_bgr() for frame in reader]
    assert pictures
    return [np.where(picture > 8, picture, 0).astype(np.uint8) for picture in pictures]


@pytest.mark.skipif(os.name == "nt", reason="sets a POSIX limit")
def test_portraits_that_find_no_room_leave_nothing(group_file: Path, tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    whole = find_people(group_file, tmp_path / "whole")
    sizes = [person.photo.stat().st_size for person in whole.people]
    # The first portrait fits, the sheet and some of the others do not.
    limit = sizes[0] + 1
    assert max(sizes) > limit
    run = subprocess.run(
        command("faces", group_file, "--output", tmp_path / "people"),
        env=environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )
    assert run.returncode == 8, run.stderr
    assert "disk is full" in run.stderr.splitlines()[-1]
    assert [path.name for path in tmp_path.iterdir()] == ["whole"]

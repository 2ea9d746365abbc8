"""Two people who cross get a source each, and keep it: read from the file that comes out."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from dlc.faces.alignment import aligned_crop, arcface_matrix
from dlc.faces.arcface import ArcFaceRecognizer
from dlc.faces.recognizing_finder import RecognizingFinder
from dlc.faces.tracker import load_tracker
from dlc.inference.cpu import create_session
from dlc.media.reader import open_target
from dlc.options import Engine, NeuralOptions, PeopleOptions, SwapOptions
from dlc.workflows.engine import LoadedEngine
from dlc.workflows.faces import FacesOptions, find_people
from dlc.workflows.people import Part
from dlc.workflows.run import SwapPlan, run_swap
from tests import crossing
from tests.faces.pictures import Picture
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
    people = find_people(clip, tmp_path / "people", FacesOptions(neural)).people
    assert len(people) == 2, "two people cross, and there are still two"
    # A square photo is painted blue, a wide one green.
    faces = {crossing.FRONT: astronaut_file, crossing.BACK: group_file}
    colors = {crossing.FRONT: BLUE, crossing.BACK: GREEN}
    parts = tuple(
        Part((person.photo,), (faces[who],))
        for who, person in zip((crossing.FRONT, crossing.BACK), people, strict=True)
    )
    output = tmp_path / "out.mp4"
    plan = SwapPlan(
        (), clip, output, SwapOptions(people=PeopleOptions()), Engine.MESH, "test", parts
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

"""Who gets which face live: two people of a real photo, who change places by a cut."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from dlc.errors import ModelError, OptionError
from dlc.faces.analyzer import FaceAnalyzer
from dlc.faces.detection.scrfd import ScrfdDetector
from dlc.faces.finder import Needs
from dlc.faces.people.arcface import ArcFaceRecognizer
from dlc.inference.cpu import create_session
from dlc.options import Engine, LiveOptions, NoFace, PeopleOptions, VirtualCameraOptions
from dlc.workflows.engines.engine import LoadedEngine
from dlc.workflows.live.live import live
from dlc.workflows.live.plan import LivePlan
from dlc.workflows.live.result import LiveResult
from dlc.workflows.live.run import run_live
from dlc.workflows.people.assignment import Assignment
from tests import clips
from tests.threads import pipeline_threads
from tests.workflows import two_people
from tests.workflows.live_devices import Recorder, virtual_camera
from tests.workflows.painter import BLUE, GREEN, Dyer
from tests.workflows.two_people import ANNA, BELA

Image = NDArray[np.uint8]

SIZE = (640, 360)
FPS = 30
# Frames of each of the two scenes.
SCENE = 24
# The camera sees two of the group, Anna on the left and Bela on the right, and moves a little.
FIRST, LAST = clips.View(670.0, 400.0, 560.0), clips.View(660.0, 390.0, 600.0)


def scenes() -> tuple[Image, Image]:
    """Return the group, and a picture in which Anna and Bela have each other's place."""
    group = clips.group()
    exchanged = np.asarray(cv2.GaussianBlur(group, (0, 0), 40) // 4, np.uint8)
    exchanged[BELA], exchanged[ANNA] = group[ANNA], group[BELA]
    return group, exchanged


def is_exchanged(bgr: Image) -> bool:
    """Tell which scene a picture is of: the second one is dark where there is no face."""
    return float(bgr[:40, 280:360].mean()) < 60


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a clip in whose middle the two change places."""
    path = tmp_path_factory.mktemp("places") / "clip.mp4"
    move = clips.Clip(*SIZE, FPS, SCENE / FPS, FIRST, LAST)
    with av.open(path, "w") as container:
        stream = container.add_stream("libx264", rate=FPS, options={"crf": "14"})
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        for photo in scenes():
            for bgr in clips.camera_frames(photo, move):
                container.mux(stream.encode(av.VideoFrame.from_ndarray(bgr, format="bgr24")))
        container.mux(stream.encode(None))
    return path


@pytest.fixture(scope="module")
def portraits(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return photos of Anna and Bela."""
    return two_people.write_portraits(tmp_path_factory.mktemp("portraits"))


@pytest.fixture(scope="module")
def recognizer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a model that tells the two apart."""
    return two_people.write_recognizer(tmp_path_factory.mktemp("two") / "two.onnx")


@pytest.fixture(params=["mesh", "neural"])
def load(request: pytest.FixtureRequest, recognizer: Path) -> Callable[[int], LoadedEngine]:
    """Return how to load an engine that finds faces as either of dlc's does, and paints them."""
    if request.param == "mesh":
        return lambda _: two_people.mesh_engine(recognizer)
    data: Path = request.getfixturevalue("shared_data")

    def neural(_: int) -> LoadedEngine:
        detector = ScrfdDetector(create_session(data / "scrfd_2.5g_kps.onnx"))
        arcface = ArcFaceRecognizer(recognizer, create_session(recognizer))
        analyzer = FaceAnalyzer(detector, arcface)
        return LoadedEngine(analyzer, Dyer(Needs.NOTHING), analyzer)

    return neural


@pytest.fixture
def plan(
    clip: Path, portraits: tuple[Path, Path], astronaut_file: Path, group_file: Path
) -> Iterator[LivePlan]:
    """Return a run in which Anna is painted blue and Bela green."""
    assignments = (
        Assignment((portraits[0],), (astronaut_file,)),
        Assignment((portraits[1],), (group_file,)),
    )
    options = LiveOptions(virtual_camera=VirtualCameraOptions())
    yield LivePlan(assignments, str(clip), options, Engine.MESH, "for a test")
    assert pipeline_threads() == []


def choosing(plan: LivePlan, **changes: object) -> LivePlan:
    return replace(plan, options=replace(plan.options, **changes))  # type: ignore[arg-type]


def shown(
    plan: LivePlan, load: Callable[[int], LoadedEngine]
) -> tuple[LiveResult, list[tuple[Image, set[two_people.Color], set[two_people.Color]]]]:
    """Run live; return every picture that was shown, and the colors in its left and right half."""
    with virtual_camera(Recorder()) as recorder:
        result = run_live(plan, load)
    half = SIZE[0] // 2
    return result, [
        (bgr, two_people.colors(bgr[:, :half]), two_people.colors(bgr[:, half:]))
        for bgr in recorder.pictures
    ]


def test_each_person_has_their_own_source_also_after_they_changed_places(
    plan: LivePlan, load: Callable[[int], LoadedEngine]
) -> None:
    result, pictures = shown(choosing(plan, detection_every=5), load)
    assert result.notes == ()
    swapped: dict[bool, list[bool]] = {False: [], True: []}
    for bgr, left, right in pictures:
        exchanged = is_exchanged(bgr)
        anna, bela = (right, left) if exchanged else (left, right)
        assert anna <= {BLUE}, exchanged
        assert bela <= {GREEN}, exchanged
        swapped[exchanged].append(anna == {BLUE} and bela == {GREEN})
    # How many pictures there are depends on the machine.
    assert all(np.mean(each) > 0.6 for each in swapped.values()), swapped


@pytest.mark.parametrize("policy", [NoFace.PASS, NoFace.BLANK])
def test_who_is_not_mapped_is_not_shown_where_real_faces_are_to_be_hidden(
    plan: LivePlan, load: Callable[[int], LoadedEngine], policy: NoFace
) -> None:
    """Anna alone is swapped, and Bela is always there."""
    plan = replace(choosing(plan, no_face=policy), assignments=plan.assignments[:1])
    result, pictures = shown(plan, load)
    assert result.faces > 0.6 * result.frames
    if policy is NoFace.PASS:
        assert any(left == {BLUE} and not right for _, left, right in pictures)
        assert any(right == {BLUE} and not left for _, left, right in pictures)
    else:
        assert not any(bgr.any() for bgr, _, _ in pictures)
        assert result.stats.hidden_frames == result.frames


def test_with_a_source_for_the_rest_everybody_may_be_shown(
    plan: LivePlan, load: Callable[[int], LoadedEngine]
) -> None:
    anna, bela = plan.assignments
    rest = (anna, Assignment((), bela.source))
    _, pictures = shown(replace(choosing(plan, no_face=NoFace.FREEZE), assignments=rest), load)
    lit = [picture for picture in pictures if picture[0].any()]
    assert len(lit) > 0.6 * len(pictures)
    for bgr, left, right in lit:
        exchanged = is_exchanged(bgr)
        assert (left, right) == (({GREEN}, {BLUE}) if exchanged else ({BLUE}, {GREEN}))


def test_the_person_of_a_reference_is_the_only_one(
    plan: LivePlan, load: Callable[[int], LoadedEngine]
) -> None:
    """Bela, in blue; as `assignments_of` makes it of a reference."""
    assignments = (Assignment(plan.assignments[1].person, plan.assignments[0].source),)
    _, pictures = shown(replace(plan, assignments=assignments), load)
    seen = set()
    for bgr, left, right in pictures:
        exchanged = is_exchanged(bgr)
        anna, bela = (right, left) if exchanged else (left, right)
        assert not anna
        seen |= {exchanged} if bela == {BLUE} else set()
    assert seen == {False, True}


def test_without_a_recognizer_people_are_taken_by_place_and_that_is_said_at_the_start(
    plan: LivePlan, group_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    plan = replace(
        plan, assignments=(*plan.assignments, Assignment((group_file,), plan.assignments[0].source))
    )
    result, pictures = shown(plan, lambda _: two_people.mesh_engine())
    before = [(left, right) for bgr, left, right in pictures if not is_exchanged(bgr)]
    assert before.count(({BLUE}, {GREEN})) > 0.6 * len(before)
    assert "from the left" in caplog.text
    by_place, missed = result.notes
    assert "from the left" in by_place
    assert missed == f"nobody in the target was recognized as {group_file}"


def test_one_person_cannot_be_found_without_a_recognizer(
    plan: LivePlan, portraits: tuple[Path, Path]
) -> None:
    people = PeopleOptions(reference=portraits[0])
    with virtual_camera(Recorder()), pytest.raises(ModelError, match="installs a recognizer"):
        run_live(choosing(plan, people=people), lambda _: two_people.mesh_engine())


def test_without_any_source_there_is_nothing_to_do() -> None:
    with pytest.raises(OptionError, match="no source photo"):
        live(None, "0", LiveOptions(preview=True))

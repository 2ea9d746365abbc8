from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest
from insightface.model_zoo.scrfd import SCRFD
from numpy.typing import NDArray

from dlc.faces.detection.scrfd import ScrfdDetector
from dlc.faces.face import Face
from dlc.inference.cpu import create_session
from dlc.model_store.role import Role
from tests import stand_ins
from tests.faces.sessions import CountingSession, routed

Image = NDArray[np.uint8]

_FIXED = (1, 3, 640, 640)
_PHOTOS = ("source_official_portrait.jpg", "source_painting.jpg", "two_people.jpg")
_CLIPS = (
    "talk_25fps_silent.mp4",
    "talk_glasses_audio.mp4",
    "portrait_720p_audio.mp4",
    "stage_cuts_audio.mp4",
)


@pytest.fixture(scope="module", params=["2.5g", "500m"])
def scrfd_file(request: pytest.FixtureRequest, shared_data: Path) -> Path:
    path = shared_data / f"scrfd_{request.param}_kps.onnx"
    if not path.is_file():
        pytest.skip(f"no {path}")
    return path


@pytest.fixture(scope="module")
def pictures(shared_data: Path, astronaut: Image, group: Image) -> list[Image]:
    """Return photos, and five frames of each recorded clip."""
    photos = [cv2.imread(str(shared_data / name)) for name in _PHOTOS]
    frames = [frame for name in _CLIPS for frame in _frames(shared_data / name)]
    return [astronaut, group, *photos, *frames]


@pytest.fixture(scope="module")
def discs_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return stand_ins.write_detector(tmp_path_factory.mktemp("discs") / "detector.onnx")


@pytest.fixture
def discs() -> Image:
    picture = np.full((700, 1000, 3), 90, np.uint8)
    for x, y, diameter in ((150, 150, 60), (500, 400, 200), (900, 300, 110)):
        stand_ins.paint_face(picture, x, y, diameter)
    return picture


@pytest.mark.parametrize("shape", [None, _FIXED])
def test_the_faces_are_those_of_insightface(
    scrfd_file: Path, pictures: list[Image], shape: tuple[int, ...] | None
) -> None:
    detector = ScrfdDetector(routed(scrfd_file, Role.DETECTOR, shape))
    theirs = _insightface(scrfd_file)
    count = sum(_compare(detector.detect(picture), theirs.detect(picture)) for picture in pictures)
    assert count >= len(pictures)


@pytest.mark.parametrize("shape", [None, _FIXED])
def test_discs_are_found_as_insightface_finds_them(
    discs_file: Path, discs: Image, shape: tuple[int, ...] | None
) -> None:
    detector = ScrfdDetector(routed(discs_file, Role.DETECTOR, shape))
    assert _compare(detector.detect(discs), _insightface(discs_file).detect(discs)) == 3


def test_faces_that_fill_the_picture_are_found_as_well(scrfd_file: Path, shared_data: Path) -> None:
    portrait = cv2.imread(str(shared_data / _PHOTOS[0]))
    detector = ScrfdDetector(routed(scrfd_file, Role.DETECTOR))
    theirs = _insightface(scrfd_file)
    (face,) = detector.detect(portrait)
    for share in (1.0, 0.8, 0.6):
        half = (face.box[2:] - face.box[:2]) * share / 2
        center = (face.box[2:] + face.box[:2]) / 2
        left, top, right, bottom = (int(edge) for edge in (*(center - half), *(center + half)))
        closeup = np.ascontiguousarray(portrait[top:bottom, left:right])
        assert len(theirs.detect(closeup)[0]) == 0
        (found,) = detector.detect(closeup)
        width = float(face.box[2] - face.box[0])
        points = found.points + np.array([left, top])
        np.testing.assert_allclose(points, face.points, atol=0.1 * width)


def test_a_second_look_is_taken_only_where_nothing_was_found(
    discs_file: Path, discs: Image
) -> None:
    session = CountingSession(routed(discs_file, Role.DETECTOR))
    detector = ScrfdDetector(session)
    assert len(detector.detect(discs)) == 3
    assert session.runs == 1
    assert detector.detect(np.full((480, 640, 3), 90, np.uint8)) == []
    assert session.runs == 3


def test_what_the_second_look_finds_is_where_it_is_in_the_picture(discs_file: Path) -> None:
    class Blinking(CountingSession):
        def run(self, *request: Any) -> list[NDArray[np.float32]]:
            outputs = super().run(*request)
            return [output * 0 for output in outputs] if self.runs == 1 else outputs

    picture = np.zeros((600, 1200, 3), np.uint8)
    stand_ins.paint_face(picture, 800, 250, 380)
    detector = ScrfdDetector(Blinking(routed(discs_file, Role.DETECTOR)))
    (face,) = detector.detect(picture)
    np.testing.assert_allclose((face.box[:2] + face.box[2:]) / 2, (800, 250), atol=40)
    assert 300 < face.box[2] - face.box[0] < 500
    assert detector.detect(picture)[0].score == pytest.approx(face.score, abs=0.1)


@pytest.mark.parametrize("shape", [(1, 1), (1, 3000), (3000, 1), (2, 1000), (7, 5)])
def test_slivers_have_no_faces(discs_file: Path, shape: tuple[int, int]) -> None:
    detector = ScrfdDetector(routed(discs_file, Role.DETECTOR))
    assert detector.detect(np.full((*shape, 3), 90, np.uint8)) == []


def test_the_threshold_is_kept(discs_file: Path, discs: Image) -> None:
    session = routed(discs_file, Role.DETECTOR)
    scores = [face.score for face in ScrfdDetector(session).detect(discs)]
    assert scores == sorted(scores, reverse=True)
    strict = ScrfdDetector(session, min_score=(scores[0] + scores[1]) / 2)
    assert [face.score for face in strict.detect(discs)] == scores[:1]


def test_insightface_opens_nothing_and_says_nothing(
    discs_file: Path,
    discs: Image,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    session = routed(discs_file, Role.DETECTOR)

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a file or session was opened")

    monkeypatch.setattr("onnxruntime.InferenceSession", refuse)
    monkeypatch.setattr("onnx.load_model", refuse)
    assert len(ScrfdDetector(session).detect(discs)) == 3
    assert capfd.readouterr() == ("", "")


def _frames(path: Path) -> Iterator[Image]:
    with av.open(str(path)) as container:
        for number, frame in enumerate(container.decode(video=0)):
            if number > 200:
                return
            if number % 50 == 0:
                yield np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)


def _insightface(path: Path) -> SCRFD:
    """Return insightface's detector as its users have it, on a session of its own."""
    theirs = SCRFD(str(path), create_session(path))
    theirs.prepare(-1, input_size=(640, 640), det_thresh=0.5)
    return theirs


def _compare(faces: list[Face], expected: tuple[NDArray[np.float32], NDArray[np.float32]]) -> int:
    """Assert that all of insightface's faces were found, and return how many they are."""
    boxes, points = expected
    if not len(boxes):
        return 0
    np.testing.assert_allclose([face.box for face in faces], boxes[:, :4], atol=1e-3)
    np.testing.assert_allclose([face.points for face in faces], points, atol=1e-3)
    np.testing.assert_allclose([face.score for face in faces], boxes[:, 4], atol=1e-5)
    return len(boxes)

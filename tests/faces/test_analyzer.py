from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from dlc.faces.analyzer import FaceAnalyzer
from dlc.faces.detection.scrfd import ScrfdDetector
from dlc.faces.face import Face
from dlc.faces.finder import Needs
from dlc.faces.landmarks.landmarks_106 import Landmarker106
from dlc.faces.people.arcface import ArcFaceRecognizer
from dlc.model_store.role import Role
from tests import stand_ins
from tests.faces.pictures import Picture
from tests.faces.sessions import CountingSession, routed

Image = NDArray[np.uint8]


@dataclass(frozen=True)
class Models:
    """The stand-ins' files, and counting sessions of them."""

    files: dict[Role, Path]
    sessions: dict[Role, CountingSession]

    def analyzer(self) -> FaceAnalyzer:
        recognizer, landmarker = Role.RECOGNIZER, Role.LANDMARKER
        return FaceAnalyzer(
            ScrfdDetector(self.sessions[Role.DETECTOR]),
            ArcFaceRecognizer(self.files[recognizer], self.sessions[recognizer]),
            Landmarker106(self.files[landmarker], self.sessions[landmarker]),
        )

    @property
    def runs(self) -> tuple[int, int, int]:
        """How often detector, recognizer and landmarker ran."""
        roles = (Role.DETECTOR, Role.RECOGNIZER, Role.LANDMARKER)
        first, second, third = (self.sessions[role].runs for role in roles)
        return first, second, third


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[Role, Path]:
    folder = tmp_path_factory.mktemp("models")
    return {
        Role.DETECTOR: stand_ins.write_detector(folder / "detector.onnx"),
        Role.RECOGNIZER: stand_ins.write_arcface(folder / "recognizer.onnx"),
        Role.LANDMARKER: stand_ins.write_landmarker(folder / "landmarker.onnx"),
    }


@pytest.fixture
def models(files: dict[Role, Path]) -> Models:
    sessions = {role: CountingSession(routed(path, role)) for role, path in files.items()}
    return Models(files, sessions)


def _frame(time: float, *centers: tuple[int, int], gray: int = 80) -> Picture:
    bgr = np.full((480, 640, 3), gray, np.uint8)
    bgr[::2, : 320 + gray] = 255 - gray
    for x, y in centers:
        stand_ins.paint_face(bgr, x, y, 120)
    return Picture(bgr, time)


def test_nothing_is_computed_that_nobody_needs(models: Models) -> None:
    analyzer = models.analyzer()
    frame = _frame(0.0, (150, 200), (450, 250))
    faces = analyzer.find(frame)
    assert len(faces) == 2
    assert analyzer.describe(frame, faces, Needs.NOTHING) == faces
    assert models.runs == (1, 0, 0)

    for face in analyzer.describe(frame, faces, Needs.EMBEDDING):
        assert face.embedding is not None
        assert face.landmarks_106 is None
    assert models.runs == (1, 1, 0)

    for face in analyzer.describe(frame, faces, Needs.LANDMARKS_106):
        assert face.embedding is None
        assert face.landmarks_106 is not None
    assert models.runs == (1, 1, 2)

    analyzer.describe(frame, [], Needs.EMBEDDING | Needs.LANDMARKS_106)
    assert models.runs == (1, 1, 2)

    analyzer.describe(frame, faces[:1], Needs.EMBEDDING | Needs.LANDMARKS_106)
    assert models.runs == (1, 2, 3)


def test_everything_that_is_needed_comes_to_the_right_face(models: Models) -> None:
    frame = _frame(0.0, (150, 200), (450, 250))
    analyzer = models.analyzer()
    faces = analyzer.find(frame)
    described = analyzer.describe(frame, faces, Needs.EMBEDDING | Needs.LANDMARKS_106)
    for face, before in zip(described, faces, strict=True):
        assert face.track_id == before.track_id
        assert face.box is before.box
        (alone,) = models.analyzer().describe(frame, [before], Needs.EMBEDDING)
        assert face.embedding is not None
        assert alone.embedding is not None
        np.testing.assert_allclose(face.embedding, alone.embedding, atol=1e-5)
        assert face.landmarks_106 is not None
        middle = face.landmarks_106.mean(axis=0)
        assert (face.box[:2] < middle).all()
        assert (middle < face.box[2:]).all()


@pytest.mark.parametrize("needs", [Needs.MESH, Needs.EMBEDDING, Needs.MESH | Needs.LANDMARKS_106])
def test_what_no_model_tells_cannot_be_asked_for(models: Models, needs: Needs) -> None:
    analyzer = FaceAnalyzer(ScrfdDetector(models.sessions[Role.DETECTOR]))
    with pytest.raises(ValueError, match="this analyzer has no model for"):
        analyzer.describe(_frame(0.0), [], needs)


def test_an_analyzer_knows_its_recognizers_similarity(models: Models) -> None:
    assert models.analyzer().similarity == ArcFaceRecognizer.similarity
    with pytest.raises(ValueError, match="no recognizer"):
        _ = FaceAnalyzer(ScrfdDetector(models.sessions[Role.DETECTOR])).similarity


def test_ids_follow_faces_until_a_cut_or_a_new_video(models: Models) -> None:
    analyzer = models.analyzer()

    def ids(frame: Picture) -> dict[bool, int]:
        """Return the id of the face on the left and of the one on the right."""
        return {bool(face.box[0] < 300): face.track_id for face in analyzer.find(frame)}

    first = ids(_frame(0.0, (150, 200), (450, 250)))
    assert len(set(first.values())) == 2
    assert ids(_frame(0.1, (170, 210), (440, 230))) == first
    after_cut = ids(_frame(0.2, (170, 210), (440, 230), gray=200))
    assert not set(after_cut.values()) & set(first.values())
    assert ids(_frame(0.3, (170, 210), (440, 230), gray=200)) == after_cut
    again = ids(_frame(0.3, (170, 210), (440, 230), gray=200))
    assert not set(again.values()) & set(after_cut.values())
    analyzer.reset()
    assert not set(ids(_frame(0.4, (170, 210), gray=200)).values()) & set(again.values())


def test_a_frame_without_faces_is_looked_at_twice(models: Models) -> None:
    assert models.analyzer().find(_frame(0.0)) == []
    assert models.runs == (2, 0, 0)


class Lookout:
    """Sees a face wherever a picture is white, upright if there is black straight below."""

    def __init__(self) -> None:
        self.runs = 0

    def detect(self, bgr: Image, /) -> list[Face]:
        self.runs += 1
        places = np.argwhere(bgr[..., 0] == 255)
        return [self._face(x, y) for y, x in places.tolist() if bgr[y + 1, x, 0] == 0]

    def _face(self, x: int, y: int) -> Face:
        points = np.array([[x - 1, y], [x + 1, y], [x, y], [x - 1, y], [x + 1, y]], np.float32)
        return Face(np.array([x - 2, y - 2, x + 2, y + 2], np.float32), points, 0.8)


def _heads(*chins: tuple[int, int], is_still: bool = False) -> Picture:
    """Return a picture of heads whose chins are a pixel away from them."""
    bgr = np.full((40, 60, 3), 90, np.uint8)
    for number, (right, down) in enumerate(chins):
        x, y = 10 + 20 * number, 20
        bgr[y, x], bgr[y + down, x + right] = 255, 0
    return Picture(bgr, is_still=is_still)


UPRIGHT, LYING, HANGING = (0, 1), (1, 0), (0, -1)


def test_tilted_faces_are_found_beside_upright_ones_where_asked_for() -> None:
    lookout = Lookout()
    assert len(FaceAnalyzer(lookout, tilted=True).find(_heads(UPRIGHT, LYING, HANGING))) == 3
    assert lookout.runs == 4
    assert len(FaceAnalyzer(lookout).find(_heads(UPRIGHT, LYING, HANGING))) == 1
    assert lookout.runs == 5
    assert FaceAnalyzer(lookout).find(_heads(LYING, HANGING)) == []


def test_a_photo_is_searched_for_tilted_faces_where_nothing_is_upright() -> None:
    lookout = Lookout()
    assert len(FaceAnalyzer(lookout).find(_heads(LYING, HANGING, is_still=True))) == 2
    assert lookout.runs == 5
    assert len(FaceAnalyzer(lookout).find(_heads(LYING, UPRIGHT, is_still=True))) == 1
    assert lookout.runs == 6

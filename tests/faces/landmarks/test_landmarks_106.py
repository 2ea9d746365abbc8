from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from insightface.app.common import Face as InsightFace
from insightface.model_zoo.landmark import Landmark
from numpy.typing import NDArray

from dlc.errors import ModelError
from dlc.faces.detection.detector import FaceDetector
from dlc.faces.face import Face
from dlc.faces.landmarks.landmarks_106 import Landmarker106
from dlc.model_store.role import Role
from tests import stand_ins
from tests.faces.pictures import Picture
from tests.faces.sessions import CountingSession, routed

Image = NDArray[np.uint8]


@pytest.fixture(scope="module")
def landmarker_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return stand_ins.write_landmarker(tmp_path_factory.mktemp("landmarks") / "2d106det.onnx")


@pytest.fixture(scope="module")
def faces(detector: FaceDetector, group: Image) -> list[Face]:
    """Return the six faces of the group photo, one of them said to be at each of two corners."""
    found = detector.detect(group)
    height, width = group.shape[:2]
    corners = [(-40, -30, 80, 110), (width - 90, height - 70, width + 30, height + 60)]
    return found + [replace(found[0], box=np.array(box, np.float32)) for box in corners]


@pytest.mark.parametrize("shape", [None, (1, 3, 192, 192)])
def test_points_are_those_of_insightface(
    group: Image, faces: list[Face], landmarker_file: Path, shape: tuple[int, ...] | None
) -> None:
    session = CountingSession(routed(landmarker_file, Role.LANDMARKER, shape))
    picture = Picture(group)
    found = Landmarker106(landmarker_file, session).find(picture, faces)
    assert session.runs == len(faces)
    assert max(box.width * box.height for box in picture.regions) < group.size / 3 / 8

    theirs = Landmark(str(landmarker_file), routed(landmarker_file, Role.LANDMARKER))
    for face, points in zip(faces, found, strict=True):
        assert points is not None
        assert points.dtype == np.float32
        expected = theirs.get(group, InsightFace(bbox=face.box))
        np.testing.assert_allclose(points, expected, atol=0.05)


def test_the_points_depend_on_the_picture(
    group: Image, faces: list[Face], landmarker_file: Path
) -> None:
    landmarker = Landmarker106(landmarker_file, routed(landmarker_file, Role.LANDMARKER))
    (points,) = landmarker.find(Picture(group), faces[:1])
    (other,) = landmarker.find(Picture(255 - group), faces[:1])
    assert points is not None
    assert other is not None
    assert np.abs(points - other).max() > 0.2


@pytest.mark.parametrize(
    "box", [(5, 5, 5, 5), (-300, -300, -200, -200), (np.nan, 0, 9, 9), (0, 0, np.inf, 9)]
)
def test_boxes_that_are_no_face_have_no_points(
    group: Image, faces: list[Face], landmarker_file: Path, box: tuple[float, ...]
) -> None:
    session = CountingSession(routed(landmarker_file, Role.LANDMARKER))
    face = replace(faces[0], box=np.array(box, np.float32))
    assert Landmarker106(landmarker_file, session).find(Picture(group), [face]) == [None]
    assert session.runs == 0


def test_a_model_of_other_points_is_refused(tmp_path: Path) -> None:
    path = stand_ins.write_arcface(tmp_path / "arcface.onnx")
    with pytest.raises(ModelError, match="gives 512 numbers instead of 212: use 2d106det"):
        Landmarker106(path, routed(path, Role.LANDMARKER))

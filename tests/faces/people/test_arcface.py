from __future__ import annotations

import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
from insightface.app.common import Face as InsightFace
from insightface.model_zoo.arcface_onnx import ArcFaceONNX
from numpy.typing import NDArray
from onnx import numpy_helper

from dlc.errors import ModelError
from dlc.faces.detection.detector import FaceDetector
from dlc.faces.face import Face
from dlc.faces.people.arcface import ArcFaceRecognizer
from dlc.model_store.role import Role
from tests import stand_ins
from tests.faces.pictures import Picture
from tests.faces.sessions import CountingSession, routed

Image = NDArray[np.uint8]


@pytest.fixture(scope="module")
def arcface_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return stand_ins.write_arcface(tmp_path_factory.mktemp("arcface") / "arcface.onnx")


@pytest.fixture(scope="module")
def faces(detector: FaceDetector, group: Image) -> list[Face]:
    """Return the six faces of the group photo."""
    return detector.detect(group)


@pytest.mark.parametrize("mean_inside", [False, True])
@pytest.mark.parametrize("batch", ["None", 1])
def test_embeddings_are_those_of_insightface_and_of_unit_length(
    group: Image, faces: list[Face], tmp_path: Path, batch: int | str, mean_inside: bool
) -> None:
    path = tmp_path / "arcface.onnx"
    stand_ins.write_arcface(path, batch=batch, mean_inside=mean_inside)
    session = CountingSession(routed(path, Role.RECOGNIZER))
    embeddings = ArcFaceRecognizer(path, session).embed(Picture(group), faces)
    assert session.runs == (1 if batch == "None" else len(faces))

    theirs = ArcFaceONNX(str(path), routed(path, Role.RECOGNIZER))
    for face, embedding in zip(faces, embeddings, strict=True):
        assert embedding is not None
        assert embedding.dtype == np.float32
        assert embedding.shape == (512,)
        assert np.linalg.norm(embedding) == pytest.approx(1, abs=1e-6)
        expected = theirs.get(group, InsightFace(kps=face.points))
        assert embedding @ expected / np.linalg.norm(expected) > 0.9999
    vectors = np.stack([embedding for embedding in embeddings if embedding is not None])
    assert (vectors @ vectors.T)[~np.eye(len(faces), dtype=bool)].max() < 0.999


def test_a_shape_fixed_by_the_route_takes_one_face_at_a_time(
    group: Image, faces: list[Face], arcface_file: Path
) -> None:
    fixed = CountingSession(routed(arcface_file, Role.RECOGNIZER, (1, 3, 112, 112)))
    embeddings = ArcFaceRecognizer(arcface_file, fixed).embed(Picture(group), faces)
    assert fixed.runs == len(faces)
    many = ArcFaceRecognizer(arcface_file, routed(arcface_file, Role.RECOGNIZER))
    np.testing.assert_allclose(
        np.stack([embedding for embedding in embeddings if embedding is not None]),
        np.stack([row for row in many.embed(Picture(group), faces) if row is not None]),
        atol=1e-5,
    )


def test_points_that_are_no_face_have_no_embedding(
    group: Image, faces: list[Face], arcface_file: Path
) -> None:
    nonsense = replace(faces[0], points=np.zeros((5, 2), np.float32))
    recognizer = ArcFaceRecognizer(arcface_file, routed(arcface_file, Role.RECOGNIZER))
    first, none, last = recognizer.embed(Picture(group), [faces[0], nonsense, faces[1]])
    assert none is None
    (alone,) = recognizer.embed(Picture(group), faces[1:2])
    assert first is not None
    assert last is not None
    assert alone is not None
    np.testing.assert_allclose(last, alone, atol=1e-5)


def test_for_nobody_nothing_is_run(group: Image, arcface_file: Path) -> None:
    session = CountingSession(routed(arcface_file, Role.RECOGNIZER))
    assert ArcFaceRecognizer(arcface_file, session).embed(Picture(group), []) == []
    assert session.runs == 0


def test_the_weights_are_not_read_again(arcface_file: Path, tmp_path: Path) -> None:
    model = onnx.load(arcface_file)
    unused = np.zeros(8_000_000, np.float32)
    model.graph.initializer.append(numpy_helper.from_array(unused, "unused"))
    large = tmp_path / "large.onnx"
    onnx.save(model, large)
    session = routed(arcface_file, Role.RECOGNIZER)
    tracemalloc.start()
    ArcFaceRecognizer(large, session)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # insightface's way would take the file's 32 MB here, and as much again outside Python.
    assert peak < 1_000_000


def test_a_file_that_is_no_model_is_refused(arcface_file: Path, tmp_path: Path) -> None:
    session = routed(arcface_file, Role.RECOGNIZER)
    cut = tmp_path / "cut.onnx"
    cut.write_bytes(arcface_file.read_bytes()[:100_000])
    with pytest.raises(ModelError, match="not a usable ONNX model"):
        ArcFaceRecognizer(cut, session)

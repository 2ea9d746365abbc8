from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from dlc.faces.alignment import aligned_crop, arcface_matrix
from dlc.faces.detection.detector import FaceDetector
from dlc.faces.face import Face
from dlc.faces.people.sface import SFaceRecognizer
from dlc.faces.tracking.tracker import load_tracker
from dlc.media.opening import open_target
from dlc.model_store.role import Role
from tests import stand_ins
from tests.faces.pictures import Picture
from tests.faces.sessions import CountingSession, routed

Image = NDArray[np.uint8]


@pytest.fixture(scope="module")
def sface_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return stand_ins.write_sface(tmp_path_factory.mktemp("sface") / "sface.onnx")


@pytest.fixture(scope="module")
def recognizer(sface_file: Path) -> SFaceRecognizer:
    return SFaceRecognizer(routed(sface_file, Role.RECOGNIZER))


@pytest.fixture(scope="module")
def theirs(sface_file: Path) -> cv2.FaceRecognizerSF:
    """Return OpenCV's own recognizer, with the same file."""
    return cv2.FaceRecognizerSF.create(str(sface_file), "")


@pytest.fixture(scope="module")
def faces(detector: FaceDetector, group: Image) -> list[Face]:
    """Return the six faces of the group photo."""
    return detector.detect(group)


@pytest.fixture(scope="module")
def real(shared_data: Path) -> SFaceRecognizer:
    """Return the real weights, rounded to 8 bits; skip where they are not beside the clips."""
    path = shared_data.parent / "evaluation" / "models" / "sface_int8.onnx"
    if not path.is_file():
        pytest.skip(f"no weights in {path}")
    return SFaceRecognizer(routed(path, Role.RECOGNIZER))


def row_of(face: Face) -> NDArray[np.float32]:
    """Return a face as OpenCV's detector would describe it: box, five points, score."""
    return np.concatenate([face.box, face.points.reshape(-1), [face.score]])[None].astype("f4")


def test_crops_are_those_of_opencv(
    group: Image, faces: list[Face], theirs: cv2.FaceRecognizerSF
) -> None:
    for face in faces:
        matrix = arcface_matrix(face.points, 112)
        assert matrix is not None
        ours = aligned_crop(Picture(group), matrix, 112)
        gap = np.abs(ours.astype(int) - theirs.alignCrop(group, row_of(face)))
        assert gap.max() <= 3
        assert gap.mean() < 0.2


def test_embeddings_are_those_of_opencv_and_of_unit_length(
    group: Image, faces: list[Face], recognizer: SFaceRecognizer, theirs: cv2.FaceRecognizerSF
) -> None:
    embeddings = recognizer.embed(Picture(group), faces)
    vectors = np.stack([embedding for embedding in embeddings if embedding is not None])
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(faces), 128)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    assert (vectors @ vectors.T)[~np.eye(len(faces), dtype=bool)].max() < 0.999
    for face, vector in zip(faces, vectors, strict=True):
        feature = theirs.feature(theirs.alignCrop(group, row_of(face))).copy()
        assert theirs.match(feature, vector[None].copy()) > 0.9999


def test_the_same_crop_has_the_same_embedding_as_in_opencv(
    group: Image, faces: list[Face], recognizer: SFaceRecognizer, theirs: cv2.FaceRecognizerSF
) -> None:
    """Nothing but the models' arithmetic is left to differ: channels, range and scale agree."""
    for face, vector in zip(faces, recognizer.embed(Picture(group), faces), strict=True):
        matrix = arcface_matrix(face.points, 112)
        assert matrix is not None
        feature = theirs.feature(aligned_crop(Picture(group), matrix, 112)).reshape(-1)
        np.testing.assert_allclose(vector, feature / np.linalg.norm(feature), atol=1e-5)


def test_each_face_is_a_run_and_nobody_is_none(
    group: Image, faces: list[Face], sface_file: Path
) -> None:
    session = CountingSession(routed(sface_file, Role.RECOGNIZER))
    recognizer = SFaceRecognizer(session)
    assert recognizer.embed(Picture(group), []) == []
    assert session.runs == 0
    recognizer.embed(Picture(group), faces)
    assert session.runs == len(faces)


def test_points_that_are_no_face_have_no_embedding(
    group: Image, faces: list[Face], recognizer: SFaceRecognizer
) -> None:
    nonsense = replace(faces[0], points=np.zeros((5, 2), np.float32))
    first, none, last = recognizer.embed(Picture(group), [faces[0], nonsense, faces[1]])
    assert none is None
    assert first is not None
    np.testing.assert_array_equal(last, recognizer.embed(Picture(group), faces[1:2])[0])


def test_real_weights_tell_recorded_people_apart(real: SFaceRecognizer, shared_data: Path) -> None:
    people = []
    for name in ("talk_25fps_silent.mp4", "talk_glasses_audio.mp4", "portrait_720p_audio.mp4"):
        tracker, looks = load_tracker(), []
        with open_target(shared_data / name, end=2.0) as reader:
            for frame in reader:
                found = tracker.find(frame)
                if frame.index % 15 == 0:
                    looks += real.embed(frame, found[:1])
        people.append(np.stack([look for look in looks if look is not None]))
        assert len(people[-1]) >= 3
        assert (people[-1] @ people[-1].T).min() > real.similarity
    for one, other in ((0, 1), (0, 2), (1, 2)):
        assert (people[one] @ people[other].T).max() < real.similarity

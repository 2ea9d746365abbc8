from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from insightface.app.common import Face as InsightFace
from insightface.model_zoo.inswapper import INSwapper
from numpy.typing import NDArray

from dlc.compositing.patch import Patch
from dlc.errors import ModelError
from dlc.faces.alignment import aligned_crop, arcface_matrix
from dlc.faces.detection.detector import FaceDetector
from dlc.faces.face import Face
from dlc.graph.synthetic import InswapperOptions, write_inswapper
from dlc.inference.cpu import create_session
from dlc.model_store.builtin import builtin_model
from dlc.model_store.skim import skim_emap
from dlc.swapping.inswapper import InswapperSwapper
from dlc.swapping.inswapper_model import InswapperModel, identity_latent
from tests.faces.pictures import Picture
from tests.swapping.inswappers import open_swapper, random_embedding

# insightface calls what newer versions of scikit-image announce the end of.
pytestmark = pytest.mark.filterwarnings("ignore:.estimate. is deprecated:FutureWarning")


@pytest.fixture(scope="module")
def faces(group: NDArray[np.uint8]) -> list[Face]:
    """Return the six faces of the group photo."""
    detector = FaceDetector(create_session(builtin_model("face_detection.onnx")))
    found = detector.detect(group, tiled=True)
    assert len(found) == 6
    return found


@pytest.fixture
def model_file(tmp_path: Path) -> Path:
    path = tmp_path / "swapper.onnx"
    write_inswapper(path, InswapperOptions(width=2))
    return path


def source(seed: int = 0, embedding: NDArray[np.float32] | None = None) -> tuple[Picture, Face]:
    """Return a source face by its embedding; the engine looks at nothing else of it."""
    known = random_embedding(seed) if embedding is None else embedding
    face = Face(np.zeros(4, np.float32), np.zeros((5, 2), np.float32), 1.0, embedding=known)
    return Picture(np.zeros((8, 8, 3), np.uint8)), face


def prepared(path: Path) -> InswapperSwapper:
    swapper = InswapperSwapper(open_swapper(path), skim_emap(path))
    swapper.prepare([source()])
    return swapper


@pytest.mark.parametrize(("width", "seed"), [(2, 0), (2, 1), (4, 2), (8, 3)])
def test_the_aligned_output_is_insightfaces(
    width: int, seed: int, group: NDArray[np.uint8], faces: list[Face], tmp_path: Path
) -> None:
    path = tmp_path / "swapper.onnx"
    write_inswapper(path, InswapperOptions(width=width, seed=seed))
    reference = INSwapper(str(path), create_session(path))
    donor = InsightFace(embedding=random_embedding(seed) * 21)
    model = InswapperModel(open_swapper(path))
    latent = identity_latent([donor.embedding], skim_emap(path))
    for face in faces:
        target = InsightFace(kps=face.points)
        expected, matrix = reference.get(group, target, donor, paste_back=False)
        own_matrix = arcface_matrix(face.points, 128)
        assert own_matrix is not None
        np.testing.assert_allclose(own_matrix, matrix, atol=1e-3)
        crop = aligned_crop(Picture(group), own_matrix, 128)
        (swapped,) = model.swap_crops([crop], latent)
        assert cv2.absdiff(swapped, np.ascontiguousarray(expected)).max() <= 1


def test_every_face_of_a_frame_gets_its_own_patch(
    group: NDArray[np.uint8], faces: list[Face], model_file: Path
) -> None:
    swapper = prepared(model_file)
    frame = Picture(group)
    patches = swapper.swap(frame, faces)
    assert len(patches) == 6
    for face, patch in zip(faces, patches, strict=True):
        assert patch is not None
        x, y = face.points.mean(axis=0)
        assert patch.box.left < x < patch.box.right
        assert patch.box.top < y < patch.box.bottom
        (alone,) = swapper.swap(frame, [face])
        assert alone is not None
        _assert_same(patch, alone)
    # Of each face its surroundings are read, never the whole picture.
    assert max(box.width for box in frame.regions) < 300
    assert swapper.swap(frame, []) == []


def test_the_pasted_face_is_the_models_output(
    group: NDArray[np.uint8], faces: list[Face], model_file: Path
) -> None:
    face = faces[0]
    (patch,) = prepared(model_file).swap(Picture(group), [face])
    assert patch is not None
    pasted = group.copy()
    inside = pasted[patch.box.top : patch.box.bottom, patch.box.left : patch.box.right]
    opaque = patch.alpha == 255
    inside[opaque] = patch.bgr[opaque]
    matrix = arcface_matrix(face.points, 128)
    assert matrix is not None
    model = InswapperModel(open_swapper(model_file))
    latent = identity_latent([random_embedding()], skim_emap(model_file))
    (swapped,) = model.swap_crops([aligned_crop(Picture(group), matrix, 128)], latent)
    again = aligned_crop(Picture(pasted), matrix, 128)
    # Noise loses its finest part on the way to the frame and back; its blurred part stays in place.
    middle = slice(48, 80)
    before, after = (cv2.GaussianBlur(each, (0, 0), 3)[middle, middle] for each in (swapped, again))
    assert np.abs(before.astype(int) - after).mean() < 2


def test_photos_are_averaged(group: NDArray[np.uint8], faces: list[Face], model_file: Path) -> None:
    first, second = random_embedding(1), random_embedding(2)
    swapper = prepared(model_file)
    swapper.prepare([source(embedding=first), source(embedding=second)])
    (patch,) = swapper.swap(Picture(group), faces[:1])
    swapper.prepare([source(embedding=(first + second) / 3)])
    (mean,) = swapper.swap(Picture(group), faces[:1])
    swapper.prepare([source(embedding=first)])
    (single,) = swapper.swap(Picture(group), faces[:1])
    assert patch is not None
    assert mean is not None
    assert single is not None
    assert np.abs(patch.bgr.astype(int) - mean.bgr).max() <= 2
    assert np.abs(patch.bgr.astype(int) - single.bgr).max() > 2


def test_points_that_are_no_face_are_left_and_do_not_shift_the_others(
    group: NDArray[np.uint8], faces: list[Face], model_file: Path
) -> None:
    nowhere = Face(faces[0].box, np.full((5, 2), np.nan, np.float32), 0.9)
    outside = Face(faces[0].box, faces[0].points + np.float32(5000), 0.9)
    swapper = prepared(model_file)
    none, first, beyond, second = swapper.swap(
        Picture(group), [nowhere, faces[0], outside, faces[1]]
    )
    assert none is None
    assert beyond is None
    for patch, face in ((first, faces[0]), (second, faces[1])):
        (alone,) = swapper.swap(Picture(group), [face])
        assert patch is not None
        assert alone is not None
        _assert_same(patch, alone)


def test_half_precision_that_overflows_pastes_no_black_face(
    group: NDArray[np.uint8], faces: list[Face], tmp_path: Path
) -> None:
    path = tmp_path / "half.onnx"
    write_inswapper(path, InswapperOptions(width=2, half=True, overflowing=True))
    with pytest.raises(ModelError, match=r"half\.onnx is unusable.*single precision \(fp32\)"):
        prepared(path).swap(Picture(group), faces)


def test_a_source_must_be_there_and_described(
    group: NDArray[np.uint8], faces: list[Face], model_file: Path
) -> None:
    swapper = InswapperSwapper(open_swapper(model_file), skim_emap(model_file))
    with pytest.raises(RuntimeError, match="prepare"):
        swapper.swap(Picture(group), faces)
    with pytest.raises(ValueError, match="at least one"):
        swapper.prepare([])
    with pytest.raises(ValueError, match="embeddings"):
        swapper.prepare([(Picture(group), faces[0])])


def _assert_same(patch: Patch, other: Patch) -> None:
    assert patch.box == other.box
    np.testing.assert_array_equal(patch.bgr, other.bgr)
    np.testing.assert_array_equal(patch.alpha, other.alpha)

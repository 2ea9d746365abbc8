from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from dlc.faces.crop import cut_out
from dlc.faces.detection.detector import FaceDetector, scaled
from dlc.faces.landmarks.iris import IrisRefiner
from dlc.faces.landmarks.landmarker import FaceLandmarker, square_of_mesh
from dlc.faces.landmarks.mesher import FaceMesher
from dlc.faces.landmarks.topology import Topology
from tests.faces.pictures import Picture

LEFT_IRIS, RIGHT_IRIS = slice(468, 473), slice(473, 478)


def openings(landmarks: NDArray[np.float32]) -> tuple[float, float]:
    """Return height over width of the viewer's left and right eye."""

    def opening(upper: int, lower: int, left: int, right: int) -> float:
        height = np.linalg.norm(landmarks[upper, :2] - landmarks[lower, :2])
        return float(height / np.linalg.norm(landmarks[left, :2] - landmarks[right, :2]))

    return opening(159, 145, 33, 133), opening(386, 374, 362, 263)


def test_irises_lie_between_the_lids(
    astronaut_mesh: NDArray[np.float32], topology: Topology
) -> None:
    assert astronaut_mesh.shape == (478, 3)
    for iris, lids in (
        (astronaut_mesh[LEFT_IRIS], astronaut_mesh[topology.left_eye]),
        (astronaut_mesh[RIGHT_IRIS], astronaut_mesh[topology.right_eye]),
    ):
        outline = lids[:, :2].astype(np.float32)
        x, y = (float(value) for value in iris[0, :2])
        assert cv2.pointPolygonTest(outline, (x, y), False) > 0
        # Right, top, left, bottom in the picture, for both eyes alike.
        assert iris[1, 0] > iris[0, 0] > iris[3, 0]
        assert iris[2, 1] < iris[0, 1] < iris[4, 1]
        assert lids[:, 2].min() <= iris[0, 2] <= lids[:, 2].max()


def test_lids_close_with_the_eyes_where_the_mesh_alone_does_not(
    group: NDArray[np.uint8],
    detector: FaceDetector,
    landmarker: FaceLandmarker,
    refiner: IrisRefiner,
    mesher: FaceMesher,
    astronaut_mesh: NDArray[np.float32],
) -> None:
    thumbnail = Picture(group).thumbnail(384)
    factor = group.shape[1] / thumbnail.shape[1]
    faces = scaled(detector.detect(thumbnail), factor, factor)
    # The woman on the far left looks down at her cards, her eyes all but closed.
    lowered = min(faces, key=lambda face: float(face.box[0]))
    mesh = mesher.first(Picture(group), lowered, 0.5)
    assert mesh is not None
    square = square_of_mesh(mesh.landmarks)
    cutout = cut_out(Picture(group), square, 256)
    assert cutout is not None
    plain, _ = landmarker.find(cutout, square)
    assert max(openings(refiner.refine(cutout, plain))) < 0.15 < 0.2 < min(openings(plain))
    assert min(openings(astronaut_mesh)) > 0.25


def test_the_mirrored_picture_has_mirrored_eyes(
    astronaut: NDArray[np.uint8],
    astronaut_mesh: NDArray[np.float32],
    refiner: IrisRefiner,
    topology: Topology,
) -> None:
    flipped = np.ascontiguousarray(astronaut[:, ::-1])
    mesh = astronaut_mesh[:468][topology.mirror] * [-1, 1, 1] + [511, 0, 0]
    mesh = mesh.astype(np.float32)
    cutout = cut_out(Picture(flipped), square_of_mesh(mesh), 256)
    straight = cut_out(Picture(astronaut), square_of_mesh(astronaut_mesh), 256)
    assert cutout is not None
    assert straight is not None
    refined = refiner.refine(cutout, mesh)
    expected = refiner.refine(straight, astronaut_mesh[:468])
    back = refined[:468][topology.mirror] * [-1, 1, 1] + [511, 0, 0]
    np.testing.assert_allclose(back[:, :2], expected[:468, :2], atol=0.5)
    irises = refined[[473, 476, 475, 474, 477, 468, 471, 470, 469, 472]] * [-1, 1, 1] + [511, 0, 0]
    np.testing.assert_allclose(irises[:, :2], expected[468:, :2], atol=0.5)


def test_only_the_surroundings_of_the_eyes_move(
    astronaut: NDArray[np.uint8], astronaut_mesh: NDArray[np.float32], refiner: IrisRefiner
) -> None:
    cutout = cut_out(Picture(astronaut), square_of_mesh(astronaut_mesh), 256)
    assert cutout is not None
    before = astronaut_mesh[:468].copy()
    after = refiner.refine(cutout, before)
    changed = np.flatnonzero((after[:468] != before).any(axis=1))
    assert len(changed) <= 2 * 71
    np.testing.assert_array_equal(after[:468, 2], before[:, 2])
    assert (before == astronaut_mesh[:468]).all()

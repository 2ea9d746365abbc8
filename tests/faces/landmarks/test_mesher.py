from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from dlc.faces.crop import rotation
from dlc.faces.detection.detector import FaceDetector
from dlc.faces.face import Face
from dlc.faces.landmarks.mesher import FaceMesher
from tests.faces.pictures import Picture


def turned(face: Face, degrees: float) -> Face:
    """Return a face as from a detector that is wrong about its turn."""
    center = face.points.mean(axis=0)
    turn = rotation(math.radians(degrees)).T
    return replace(face, points=((face.points - center) @ turn + center).astype(np.float32))


@pytest.mark.parametrize("degrees", [-30, 30])
def test_a_detector_may_be_wrong_about_a_face_s_turn(
    detector: FaceDetector, mesher: FaceMesher, group: NDArray[np.uint8], degrees: float
) -> None:
    for face in detector.detect(group):
        right = mesher.first(Picture(group), face, 0.5)
        found = mesher.first(Picture(group), turned(face, degrees), 0.5)
        assert right is not None
        assert found is not None
        apart = np.linalg.norm((found.landmarks - right.landmarks)[:468, :2], axis=1).mean()
        assert apart < 0.025 * (face.box[2] - face.box[0])

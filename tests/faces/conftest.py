from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from dlc.faces.detection.detector import FaceDetector
from dlc.faces.landmarks.iris import IrisRefiner
from dlc.faces.landmarks.landmarker import FaceLandmarker
from dlc.faces.landmarks.mesher import FaceMesher
from dlc.faces.landmarks.topology import Topology, load_topology
from dlc.inference.cpu import create_session
from dlc.model_store.builtin import builtin_model
from tests.faces.pictures import Picture


@pytest.fixture(scope="session")
def topology() -> Topology:
    return load_topology()


@pytest.fixture(scope="session")
def detector() -> FaceDetector:
    return FaceDetector(create_session(builtin_model("face_detection.onnx")))


@pytest.fixture(scope="session")
def landmarker() -> FaceLandmarker:
    return FaceLandmarker(create_session(builtin_model("face_mesh.onnx")))


@pytest.fixture(scope="session")
def refiner(topology: Topology) -> IrisRefiner:
    return IrisRefiner(create_session(builtin_model("iris.onnx")), topology)


@pytest.fixture(scope="session")
def mesher(landmarker: FaceLandmarker, refiner: IrisRefiner) -> FaceMesher:
    return FaceMesher(landmarker, refiner)


@pytest.fixture(scope="session")
def astronaut_mesh(
    astronaut: NDArray[np.uint8], detector: FaceDetector, mesher: FaceMesher
) -> NDArray[np.float32]:
    """Return landmarks (478, 3) of the astronaut."""
    (face,) = detector.detect(astronaut)
    mesh = mesher.first(Picture(astronaut), face, 0.5)
    assert mesh is not None
    return mesh.landmarks

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from dlc.faces.face import Face
from dlc.faces.hands.hand_landmarker import HandLandmarker
from dlc.faces.hands.palm_detector import PalmDetector
from dlc.faces.tracking.tracker import load_tracker
from dlc.inference.cpu import create_session
from dlc.model_store.builtin import builtin_model
from tests.faces.pictures import Picture


@pytest.fixture(scope="session")
def palms() -> PalmDetector:
    return PalmDetector(create_session(builtin_model("palm_detection.onnx")))


@pytest.fixture(scope="session")
def hand_landmarker() -> HandLandmarker:
    return HandLandmarker(create_session(builtin_model("hand_landmark.onnx")))


@pytest.fixture(scope="session")
def astronaut_face(astronaut: NDArray[np.uint8]) -> Face:
    (face,) = load_tracker().find(Picture(astronaut))
    return face

"""A face whose swapped version is known: the astronaut's own, blurred."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from dlc.enhancing.alignment import ffhq_square
from dlc.enhancing.model import EnhancerModel
from dlc.enhancing.swapped_face import SwappedFace
from dlc.faces.detection.detector import FaceDetector
from dlc.faces.face import Face
from dlc.inference.cpu import create_session
from dlc.model_store.builtin import builtin_model
from tests.enhancing.patches import blurred_patch
from tests.enhancing.sharpeners import open_enhancer, write_sharpener
from tests.faces.pictures import Picture


@pytest.fixture(scope="session")
def face(astronaut: NDArray[np.uint8]) -> Face:
    detector = FaceDetector(create_session(builtin_model("face_detection.onnx")))
    (found,) = detector.detect(astronaut)
    return found


@pytest.fixture(scope="session")
def swapped(astronaut: NDArray[np.uint8], face: Face) -> SwappedFace:
    """Return the astronaut with a blurred face."""
    square = ffhq_square(face.points)
    assert square is not None
    placed = SwappedFace.of(Picture(astronaut), blurred_patch(astronaut, face), square)
    assert placed is not None
    return placed


@pytest.fixture(scope="session")
def sharpener(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sharpener(tmp_path_factory.mktemp("sharpener") / "sharpener.onnx")


@pytest.fixture(scope="session")
def model(sharpener: Path) -> EnhancerModel:
    return open_enhancer(sharpener)

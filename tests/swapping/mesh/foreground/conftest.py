from __future__ import annotations

import cv2
import numpy as np
import pytest

from dlc.arrays import Bytes
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.masks import LEFT_BROW, RIGHT_BROW

# Side of the atlas images.
SIZE = 256


@pytest.fixture
def smooth_face(layout: Layout) -> Bytes:
    """Return a face of smooth shading and a little grain, with brows and eyes."""
    rows, columns = np.mgrid[:SIZE, :SIZE]
    shading = 150 + 30 * np.sin(rows / 60) + 20 * np.cos(columns / 50)
    face: Bytes = (shading + np.random.default_rng(0).normal(0, 1.5, shading.shape)).astype(
        np.uint8
    )
    points = np.round(layout.uv * SIZE).astype(np.int32)
    for brow in (LEFT_BROW, RIGHT_BROW):
        cv2.fillPoly(face, [points[list(brow)]], 60)
    for eye in (layout.topology.left_eye, layout.topology.right_eye):
        cv2.fillPoly(face, [points[eye]], 190)
    return face

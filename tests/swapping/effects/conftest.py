"""New faces of both kinds on a real photo: with a soft alpha, and with an edge in the pixels."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from dlc.compositing.paste_back import face_mask, paste_back
from dlc.compositing.patch import Patch
from dlc.faces.alignment import aligned_crop, arcface_matrix
from dlc.faces.face import Face
from dlc.faces.tracking.tracker import load_tracker
from dlc.swapping.mesh import MeshSwapper
from tests.faces.pictures import Picture


@pytest.fixture(scope="session")
def target(group: NDArray[np.uint8]) -> Picture:
    return Picture(group)


@pytest.fixture(scope="session")
def face(target: Picture) -> Face:
    """Return the largest face of the group photo."""
    return max(load_tracker().find(target), key=lambda face: float(face.box[2] - face.box[0]))


@pytest.fixture(scope="session")
def mesh_patch(target: Picture, face: Face, astronaut: NDArray[np.uint8]) -> Patch:
    photo = Picture(astronaut)
    swapper = MeshSwapper()
    swapper.prepare([(photo, load_tracker().find(photo)[0])])
    (patch,) = swapper.swap(target, [face])
    assert patch is not None
    return patch


@pytest.fixture(scope="session")
def crop_patch(target: Picture, face: Face, astronaut: NDArray[np.uint8]) -> Patch:
    """Return the astronaut's face pasted as the neural engine pastes."""
    photo = Picture(astronaut)
    source = arcface_matrix(load_tracker().find(photo)[0].points, 128)
    matrix = arcface_matrix(face.points, 128)
    assert source is not None
    assert matrix is not None
    crop = aligned_crop(photo, source, 128)
    patch = paste_back(crop, face_mask(128), matrix, target.width, target.height)
    assert patch is not None
    return patch


@pytest.fixture(params=["mesh_patch", "crop_patch"])
def patch(request: pytest.FixtureRequest) -> Patch:
    patch: Patch = request.getfixturevalue(request.param)
    return patch


def pasted(target: Picture, patch: Patch) -> NDArray[np.float64]:
    """Return the part of the picture at the patch's box with the patch in it."""
    alpha = patch.alpha[..., None] / 255
    return patch.bgr * alpha + target.region(patch.box) * (1 - alpha)


def lab(bgr: NDArray[np.float64] | NDArray[np.uint8]) -> NDArray[np.float32]:
    scaled = np.asarray(bgr, np.float32) / 255
    return np.asarray(cv2.cvtColor(scaled, cv2.COLOR_BGR2LAB), np.float32)


def tinted(bgr: NDArray[np.uint8], *levels: int) -> NDArray[np.uint8]:
    """Return a picture with levels added to its channels."""
    return np.clip(bgr + np.array(levels), 0, 255).astype(np.uint8)

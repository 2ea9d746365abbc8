from __future__ import annotations

import cv2
import numpy as np
import pytest

from dlc.arrays import Bytes, Floats
from dlc.compositing.filters import resize
from dlc.faces.face import Face
from dlc.swapping.mesh.foreground.network import ForegroundNetwork, load_foreground_network
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.tone import TONE_SIZE
from dlc.swapping.mesh.view import TargetView, look, unwrap
from tests.faces.pictures import Picture
from tests.swapping.mesh.heads import Points, scaled_photo

ENLARGED = 2.0
# Side of the atlas images that things are drawn on.
SIZE = 4 * TONE_SIZE


@pytest.fixture(scope="session")
def network(layout: Layout) -> ForegroundNetwork:
    return load_foreground_network(layout)


@pytest.fixture(scope="session")
def view(portrait: Picture, portrait_mesh: Points, layout: Layout) -> TargetView:
    """Return the astronaut, enlarged, who wears no glasses and shows her forehead."""
    seen = look(*scaled_photo(portrait, portrait_mesh, ENLARGED), layout)
    assert seen is not None
    return seen


@pytest.fixture(scope="session")
def bare(view: TargetView, layout: Layout) -> Bytes:
    """Return the astronaut in the atlas: BGR (SIZE, SIZE, 3)."""
    return flat(view, layout, SIZE)


@pytest.fixture(scope="session")
def guests(party: Picture, party_faces: list[Face], layout: Layout) -> list[Bytes]:
    """Return the faces of the group photo in the atlas; all foreheads are bare."""
    flats = []
    for face in party_faces:
        assert face.landmarks is not None
        seen = look(party, face.landmarks, layout)
        assert seen is not None
        flats.append(flat(seen, layout, SIZE))
    return flats


def flat(view: TargetView, layout: Layout, size: int) -> Bytes:
    """Return a face in the atlas: BGR (size, size, 3)."""
    return np.asarray(cv2.cvtColor(unwrap(view, layout, size)[0], cv2.COLOR_BGRA2BGR), np.uint8)


def small(picture: Bytes) -> Floats:
    """Return an atlas image as the network sees it: (TONE_SIZE, TONE_SIZE, 3)."""
    return resize(picture, (TONE_SIZE, TONE_SIZE)).astype(np.float32)

"""Hair in a single picture, such as a source's photo."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from dlc.arrays import Bytes, Floats
from dlc.compositing.filters import resize
from dlc.faces.face import Face
from dlc.swapping.mesh.foreground.worn import load_worn_finder
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.source.photo import ATLAS_SIZE
from dlc.swapping.mesh.view import look, unwrap
from tests.faces.pictures import Picture
from tests.swapping.mesh.foreground.fringes import with_fringe
from tests.swapping.mesh.source.rows import row_of

FULL = np.ones((ATLAS_SIZE, ATLAS_SIZE), np.float32)


@pytest.fixture(scope="module")
def bare(party: Picture, party_faces: list[Face], layout: Layout) -> Bytes:
    """Return a guest with a bare forehead in the atlas: BGR (ATLAS_SIZE, ATLAS_SIZE, 3)."""
    landmarks = party_faces[2].landmarks
    assert landmarks is not None
    view = look(party, landmarks, layout)
    assert view is not None
    flat, _ = unwrap(view, layout, ATLAS_SIZE)
    return np.asarray(cv2.cvtColor(flat, cv2.COLOR_BGRA2BGR), np.uint8)


def forehead(layout: Layout) -> tuple[slice, slice]:
    middle = ATLAS_SIZE // 2
    return slice(row_of(layout, 10) + 12, row_of(layout, 105) - 20), slice(middle - 60, middle + 60)


def free(texture: Bytes, layout: Layout) -> Floats:
    hair = load_worn_finder(layout).once(texture.astype(np.float32), FULL).hair
    return 1 - resize(hair, FULL.shape)


def test_a_fringe_as_dark_as_skin_is_found(bare: Bytes, layout: Layout) -> None:
    blue, green, red = np.median(bare[forehead(layout)], axis=(0, 1)).astype(int).tolist()
    known = free(with_fringe(bare, layout, (blue, green, red)), layout)
    assert known[forehead(layout)].mean() < 0.3
    middle = slice(ATLAS_SIZE // 2 - 80, ATLAS_SIZE // 2 + 80)
    assert known[row_of(layout, 6) : row_of(layout, 2), middle].min() > 0.95


def test_wrinkles_and_plain_skin_are_no_hair(bare: Bytes, layout: Layout) -> None:
    rows, columns = forehead(layout)
    wrinkled = bare.astype(np.float32)
    for row in range(rows.start, rows.stop, 24):
        wrinkled[row : row + 3, columns] *= 0.7
    for texture in (bare, np.clip(wrinkled, 0, 255).astype(np.uint8)):
        assert free(texture, layout)[rows, columns].mean() > 0.95

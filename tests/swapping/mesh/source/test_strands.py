from __future__ import annotations

import cv2
import numpy as np
import pytest

from dlc.arrays import Bytes, Floats
from dlc.faces.face import Face
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.source.photo import ATLAS_SIZE
from dlc.swapping.mesh.source.strands import without_strands
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
    return without_strands(FULL, texture.astype(np.float32), FULL, layout)


def test_strands_as_dark_as_skin_are_taken_off(bare: Bytes, layout: Layout) -> None:
    blue, green, red = np.median(bare[forehead(layout)], axis=(0, 1)).astype(int).tolist()
    known = free(with_fringe(bare, layout, (blue, green, red)), layout)
    assert known[forehead(layout)].mean() < 0.3
    middle = slice(ATLAS_SIZE // 2 - 80, ATLAS_SIZE // 2 + 80)
    assert known[row_of(layout, 6) : row_of(layout, 2), middle].min() > 0.95


def test_wrinkles_and_plain_skin_stay(bare: Bytes, layout: Layout) -> None:
    rows, columns = forehead(layout)
    wrinkled = bare.astype(np.float32)
    for row in range(rows.start, rows.stop, 24):
        wrinkled[row : row + 3, columns] *= 0.7
    for texture in (bare, np.clip(wrinkled, 0, 255).astype(np.uint8)):
        assert free(texture, layout)[rows, columns].mean() > 0.95

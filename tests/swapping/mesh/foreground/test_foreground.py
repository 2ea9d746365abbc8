from __future__ import annotations

import cv2
import numpy as np
import pytest

from dlc.arrays import Bytes
from dlc.swapping.mesh.face_memory import FaceMemory
from dlc.swapping.mesh.flat_face import DETAIL_SIZE, FlatFace
from dlc.swapping.mesh.foreground.foreground import Foreground, ForegroundFinder
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.tone import TONE_SIZE
from tests.swapping.mesh.foreground.conftest import SIZE, small
from tests.swapping.mesh.foreground.fringes import forehead
from tests.swapping.mesh.glasses import Glasses, middles_of_eyes


@pytest.fixture(scope="module")
def finder(layout: Layout) -> ForegroundFinder:
    return ForegroundFinder(layout, None)


def find(finder: ForegroundFinder, picture: Bytes) -> Foreground:
    """Return what is in front of a face that is seen for the first time."""
    luma = cv2.cvtColor(cv2.resize(picture, (DETAIL_SIZE, DETAIL_SIZE)), cv2.COLOR_BGR2GRAY)
    all_seen = np.ones((TONE_SIZE, TONE_SIZE), np.float32)
    face = FlatFace(small(picture), np.asarray(luma, np.uint8), all_seen, all_seen, all_seen)
    return finder.find(face, FaceMemory())


def test_hair_is_broad_and_glasses_are_rigid_and_behind_neither_is_bare_skin(
    finder: ForegroundFinder, bare: Bytes, layout: Layout
) -> None:
    worn = bare.copy()
    rims = Glasses(arms=0.12).draw(worn, middles_of_eyes(layout, SIZE))
    front = find(finder, worn)
    assert front.rigid is not None
    rims = cv2.resize(rims.astype(np.float32), (DETAIL_SIZE, DETAIL_SIZE)) > 0.9
    assert front.rigid[rims].mean() > 0.9
    assert front.bare[rims[::2, ::2]].mean() < 0.3
    assert front.broad[forehead(layout)].mean() > 0.9
    assert front.bare[forehead(layout)].mean() < 0.1
    assert front.bare[80:90, 50:78].min() > 0.9


def test_dark_lenses_are_kept_whole(finder: ForegroundFinder, bare: Bytes, layout: Layout) -> None:
    worn, unit = bare.copy(), layout.face_width * SIZE
    eyes = [np.round(eye).astype(int).tolist() for eye in middles_of_eyes(layout, SIZE)]
    for eye in eyes:
        axes = round(0.2 * unit), round(0.16 * unit)
        cv2.ellipse(worn, eye, axes, 0, 0, 360, (20, 20, 20), -1, cv2.LINE_AA)
    front = find(finder, worn)
    assert front.rigid is not None
    for x, y in eyes:
        lens = front.rigid[y // 2 - 8 : y // 2 + 8, x // 2 - 8 : x // 2 + 8]
        assert lens.min() > 0.9
    assert find(finder, bare).rigid is None

from __future__ import annotations

import numpy as np
import pytest

from dlc.faces.face import Face
from dlc.faces.selector import select_faces
from dlc.options import FaceChoice


def face(left: float, width: float) -> Face:
    box = np.array([left, 0, left + width, width], np.float32)
    return Face(box, np.zeros((5, 2), np.float32), 1.0)


# The leftmost center does not belong to the leftmost edge.
WIDE, LEFT, RIGHT = face(0, 100), face(10, 20), face(200, 30)
FACES = [WIDE, RIGHT, LEFT]


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (FaceChoice.ALL, FACES),
        (FaceChoice.LARGEST, [WIDE]),
        (FaceChoice.LEFT, [LEFT]),
        (FaceChoice.RIGHT, [RIGHT]),
    ],
)
def test_each_choice_selects_its_faces(choice: FaceChoice, expected: list[Face]) -> None:
    assert select_faces(FACES, choice) == expected


@pytest.mark.parametrize("choice", FaceChoice)
def test_no_faces_give_none(choice: FaceChoice) -> None:
    assert select_faces([], choice) == []

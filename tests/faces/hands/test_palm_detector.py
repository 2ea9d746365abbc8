from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from dlc.faces.crop import Square
from dlc.faces.face import Face
from dlc.faces.hands.palm_detector import SIDE, PalmDetector, anchors
from tests.faces.hands.drawn import Points, drawn, placed
from tests.faces.pictures import LIGHTS, Picture, lit

Bytes = NDArray[np.uint8]
# Where the detector's seven points are among the 21 of a hand: wrist, knuckles, thumb.
SEVEN = (0, 5, 9, 13, 17, 1, 2)
LENGTH = 60.0


class Candidates:
    """Answers as the model would that sees the given candidates and nothing else.

    Attributes:
        image: what it was shown last.
    """

    def __init__(self, found: Mapping[int, tuple[NDArray[np.float32], float]]) -> None:
        self.found = found
        self.image = np.empty(0, np.float32)

    def run(
        self, names: Sequence[str], feed: Mapping[str, NDArray[np.float32]], /
    ) -> list[NDArray[np.float32]]:
        assert list(names) == ["boxes", "scores"]
        self.image = feed["image"]
        boxes, scores = np.zeros((1, 504, 18), np.float32), np.full((1, 504), -9, np.float32)
        for index, (raw, score) in self.found.items():
            boxes[0, index], scores[0, index] = raw, score
        return [boxes, scores]


def candidate(center: tuple[float, float], size: float, step: float) -> NDArray[np.float32]:
    """Return a box whose seven points lie `step` pixels apart on a line from the anchor."""
    points = [(i * step, -i * step) for i in range(7)]
    return np.array([*center, size, size, *np.ravel(points)], np.float32)


def square_around(face: Face) -> Square:
    left, top, right, bottom = (float(edge) for edge in face.box)
    return Square((left + right) / 2, (top + bottom) / 2, 2.5 * (bottom - top), 0.0)


def test_anchors_lie_at_the_centers_of_two_grids_row_by_row() -> None:
    grid = anchors(96)
    assert grid.shape == (504, 2)
    np.testing.assert_array_equal(grid[:4], [(4, 4), (4, 4), (12, 4), (12, 4)])
    np.testing.assert_array_equal(grid[24:26], [(4, 12), (4, 12)])
    np.testing.assert_array_equal(grid[288:295], [(8, 8)] * 6 + [(24, 8)])
    np.testing.assert_array_equal(grid[-1], (88, 88))
    assert anchors(192).shape == (2016, 2), "as MediaPipe's graph has it"


def test_candidates_are_decoded_relative_to_their_anchors() -> None:
    # The anchor of candidate 2 is at (12, 4); the square is twice as large as the model's input,
    # its corner at (100, 50) of the picture.
    session = Candidates({2: (candidate((3, 5), 20, 2), 4.0)})
    square = Square(100 + SIDE, 50 + SIDE, 2 * SIDE, 0.0)
    (palm,) = PalmDetector(session).detect(Picture(np.zeros((400, 500, 3), np.uint8)), square)
    assert palm.score == pytest.approx(1 / (1 + np.exp(-4)))
    np.testing.assert_allclose(palm.box, [(110, 48), (150, 88)])
    np.testing.assert_allclose(palm.points[[0, 3]], [(124, 58), (136, 46)])


def test_candidates_of_one_palm_are_averaged_by_score() -> None:
    near, same = candidate((0, 0), 24, 1), candidate((4, 0), 24, 1)
    found = {0: (near, 2.0), 1: (same, 0.5), 400: (near, 1.0), 20: (near, -1.0)}
    square = Square(SIDE / 2, SIDE / 2, SIDE, 0.0)
    picture = Picture(np.zeros((SIDE, SIDE, 3), np.uint8))
    both, other = PalmDetector(Candidates(found)).detect(picture, square)
    weights = 1 / (1 + np.exp(-np.array([2.0, 0.5])))
    assert both.box.mean(axis=0)[0] == pytest.approx(4 + 4 * weights[1] / weights.sum())
    assert both.score == pytest.approx(weights[0])
    assert other.score == pytest.approx(1 / (1 + np.exp(-1)))


def test_what_lies_beyond_the_picture_is_black() -> None:
    session = Candidates({})
    white = Picture(np.full((200, 300, 3), 255, np.uint8))
    PalmDetector(session).detect(white, Square(0, 100, 2 * SIDE, 0.0))
    shown = session.image[0]
    assert shown.shape == (3, SIDE, SIDE)
    np.testing.assert_array_equal(shown[:, :, : SIDE // 2 - 1], 0)
    np.testing.assert_array_equal(shown[:, :, SIDE // 2 + 1 :], 1)


def test_a_square_outside_the_picture_holds_no_palm(palms: PalmDetector) -> None:
    picture = Picture(np.zeros((50, 50, 3), np.uint8))
    assert palms.detect(picture, Square(500, 500, 100, 0.0)) == []


@pytest.mark.parametrize(("x", "y"), [(215, 130), (240, 150), (180, 120)])
def test_a_hand_in_front_of_a_face_is_found(
    x: float, y: float, palms: PalmDetector, astronaut: Bytes, astronaut_face: Face
) -> None:
    points: Points = placed(x, y, LENGTH)
    picture = Picture(drawn(astronaut, points, LENGTH))
    (palm,) = palms.detect(picture, square_around(astronaut_face))
    assert palm.score > 0.6
    apart = np.linalg.norm(palm.points - points[list(SEVEN)], axis=1)
    assert apart[[0, 2]].max() < 0.3 * LENGTH, "where wrist and middle knuckle are says the rest"
    assert apart.mean() < 0.4 * LENGTH


@pytest.mark.parametrize("light", LIGHTS)
def test_light_of_any_color_is_no_obstacle(
    light: tuple[float, float, float], palms: PalmDetector, group: Bytes
) -> None:
    # All over the photo.
    squares = [Square(x, y, 400, 0) for x in range(200, 1200, 200) for y in range(200, 800, 200)]
    white, colored = (
        sum(len(palms.detect(Picture(bgr), square)) for square in squares)
        for bgr in (group, lit(group, *light))
    )
    assert white >= 4
    assert colored > white / 2


def test_faces_are_no_palms(palms: PalmDetector, astronaut: Bytes, astronaut_face: Face) -> None:
    assert palms.detect(Picture(astronaut), square_around(astronaut_face)) == []

"""Who is who where nothing can recognize anybody."""

from __future__ import annotations

import numpy as np

from dlc.faces.face import Face
from dlc.faces.people_by_place import PeopleByPlace
from tests.faces.pictures import Picture

FRAME = Picture(np.zeros((8, 8, 3), np.uint8))


def face(track: int, x: float) -> Face:
    box = np.array([x, 0, x + 100, 130], np.float32)
    return Face(box, np.zeros((5, 2), np.float32), 1.0, track_id=track)


def test_people_are_counted_from_the_left() -> None:
    matcher = PeopleByPlace(2)
    assert matcher.assign(FRAME, [face(0, 500), face(1, 0), face(2, 900)]) == [1, 0, None]
    assert matcher.found == {0, 1}


def test_who_comes_later_is_the_next_one() -> None:
    matcher = PeopleByPlace(2)
    assert matcher.assign(FRAME, [face(0, 500)]) == [0]
    assert matcher.assign(FRAME, [face(0, 500), face(1, 0)]) == [0, 1]


def test_people_are_followed_by_their_tracks() -> None:
    matcher = PeopleByPlace(2)
    for step in range(40):
        faces = [face(0, step * 15.0), face(1, 600 - step * 15.0)]
        assert matcher.assign(FRAME, faces) == [0, 1]


def test_a_new_track_goes_on_where_one_was_lost() -> None:
    matcher = PeopleByPlace(2)
    matcher.assign(FRAME, [face(0, 0), face(1, 500)])
    assert matcher.assign(FRAME, [face(0, 0)]) == [0]
    assert matcher.assign(FRAME, [face(0, 0), face(2, 530)]) == [0, 1]
    assert matcher.assign(FRAME, []) == []
    assert matcher.assign(FRAME, [face(3, 520), face(4, 30)]) == [1, 0]


def test_a_new_video_begins_with_the_leftmost() -> None:
    matcher = PeopleByPlace(1)
    assert matcher.assign(FRAME, [face(0, 500)]) == [0]
    matcher.reset()
    assert matcher.assign(FRAME, [face(0, 500), face(1, 0)]) == [None, 0]

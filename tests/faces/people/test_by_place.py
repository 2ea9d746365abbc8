"""Who is who where nothing can recognize anybody."""

from __future__ import annotations

import json
from dataclasses import asdict

import numpy as np

from dlc.faces.face import Face
from dlc.faces.people.by_place import PeopleByPlace
from dlc.faces.people.whereabouts import Whereabouts
from dlc.faces.tracking.tracker import load_tracker
from tests.faces.pictures import Picture

BLACK = np.zeros((8, 8, 3), np.uint8)
FRAME = Picture(BLACK)


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


def test_another_target_begins_with_the_leftmost_too() -> None:
    matcher = PeopleByPlace(1)
    assert matcher.assign(FRAME, [face(0, 500)]) == [0]
    another = matcher.another(load_tracker())
    assert another.found == frozenset()
    assert another.assign(FRAME, [face(0, 500), face(1, 0)]) == [None, 0]


def followed(matcher: PeopleByPlace, first: int, last: int, track: int) -> list[list[int | None]]:
    """Show frames in which one face comes from the right, then one from the left."""
    told = []
    for number in range(first, last):
        faces = [face(track, 500 - number)]
        if number >= 10:
            faces.append(face(track + 1, number))
        told.append(matcher.assign(Picture(BLACK, number / 10), faces))
    return told


def test_another_one_goes_on_where_it_ended() -> None:
    first = PeopleByPlace(2)
    first.go_on(Whereabouts(), 0.5)
    assert followed(first, 0, 20, track=0)[-1] == [0, 1]
    kept = first.whereabouts
    assert [time for time, _ in kept.frames] == [1.4, 1.5, 1.6, 1.7, 1.8, 1.9]
    # It is shown some frames again, in which its tracker gives other ids, and knows both at once.
    second = PeopleByPlace(2)
    second.go_on(Whereabouts(**json.loads(json.dumps(asdict(kept)))), 0.5)
    assert followed(second, 15, 25, track=7) == [[0, 1]] * 10
    fresh = PeopleByPlace(2)
    assert followed(fresh, 15, 25, track=7) == [[1, 0]] * 10, "from the left"


def test_who_went_out_of_sight_is_remembered_without_any_frame() -> None:
    first = PeopleByPlace(2)
    first.go_on(Whereabouts(), 0.1)
    first.assign(Picture(BLACK, 0.0), [face(0, 0), face(1, 500)])
    first.assign(Picture(BLACK, 9.0), [])
    second = PeopleByPlace(2)
    second.go_on(first.whereabouts, 0.1)
    assert second.found == {0, 1}
    assert second.assign(Picture(BLACK, 9.1), [face(0, 520)]) == [1]


def test_whose_face_was_nobodys_stays_nobodys() -> None:
    """A stranger stands left of the only one who was asked for."""
    first = PeopleByPlace(1)
    first.go_on(Whereabouts(), 1.0)
    first.assign(Picture(BLACK, 0.0), [face(0, 500)])
    assert first.assign(Picture(BLACK, 0.1), [face(0, 500), face(1, 450)]) == [0, None]
    second = PeopleByPlace(1)
    second.go_on(first.whereabouts, 1.0)
    again = [face(5, 451), face(6, 502), face(7, 900)]
    assert second.assign(Picture(BLACK, 0.1), again) == [None, 0, None]
    assert second.assign(Picture(BLACK, 0.2), again) == [None, 0, None]

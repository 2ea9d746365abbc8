from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dlc.faces.face import Face
from dlc.faces.tracking.track_ids import TrackIds


def _face(x: float, y: float, size: float = 100) -> Face:
    box = np.array([x, y, x + size, y + size], np.float32)
    return Face(box, np.zeros((5, 2), np.float32), 0.9)


def _ids(faces: list[Face]) -> list[int]:
    return [face.track_id for face in faces]


def test_faces_keep_their_ids_while_they_move_whatever_their_order() -> None:
    tracks = TrackIds()
    left, right = tracks.assign([_face(0, 0), _face(400, 0)])
    assert left.track_id != right.track_id
    again = tracks.assign([_face(370, 10), _face(20, -15)])
    assert _ids(again) == [right.track_id, left.track_id]


def test_a_lost_face_and_a_leap_end_the_track() -> None:
    tracks = TrackIds()
    (first,) = tracks.assign([_face(0, 0)])
    assert tracks.assign([]) == []
    (second,) = tracks.assign([_face(0, 0)])
    (third,) = tracks.assign([_face(200, 0)])
    assert len({first.track_id, second.track_id, third.track_id}) == 3


def test_after_forgetting_no_id_comes_back() -> None:
    tracks = TrackIds()
    (before,) = tracks.assign([_face(0, 0)])
    tracks.forget()
    (after,) = tracks.assign([_face(0, 0)])
    assert after.track_id != before.track_id


def test_two_faces_over_one_do_not_share_its_id() -> None:
    tracks = TrackIds()
    (one,) = tracks.assign([_face(0, 0)])
    near, nearer = tracks.assign([_face(20, 0), _face(5, 0)])
    assert nearer.track_id == one.track_id
    assert near.track_id != one.track_id


_FACES = st.lists(
    st.builds(_face, st.floats(-50, 500), st.floats(-50, 500), st.floats(0, 300)), max_size=5
)


@given(st.lists(_FACES, max_size=6))
def test_within_a_frame_ids_are_unique_and_nothing_else_changes(frames: list[list[Face]]) -> None:
    tracks = TrackIds()
    for faces in frames:
        assigned = tracks.assign(faces)
        assert len(set(_ids(assigned))) == len(faces)
        assert [face.box.tolist() for face in assigned] == [face.box.tolist() for face in faces]

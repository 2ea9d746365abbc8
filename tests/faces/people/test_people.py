"""Who is who by look: found, held where recognition fails, and not mixed up where people cross."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from dlc.faces.alignment import aligned_crop, arcface_matrix
from dlc.faces.analyzer import FaceAnalyzer
from dlc.faces.detection.cadence import DetectionCadence
from dlc.faces.detection.scrfd import ScrfdDetector
from dlc.faces.face import Face
from dlc.faces.finder import FaceFinder
from dlc.faces.people.arcface import ArcFaceRecognizer
from dlc.faces.people.finder import PeopleFinder
from dlc.faces.people.people import PeopleByLook
from dlc.faces.people.recognizing_finder import RecognizingFinder
from dlc.faces.people.whereabouts import Whereabouts
from dlc.faces.pixels import TrackableFrame
from dlc.faces.tracking.motion_finder import MotionFinder
from dlc.faces.tracking.tracker import load_tracker
from dlc.inference.cpu import create_session
from tests import crossing
from tests.faces.people.looks import ANNA, BELA, BLUR, STRANGER, Recognizer
from tests.faces.pictures import Picture

FRAME = Picture(np.zeros((8, 8, 3), np.uint8))
PEOPLE = (ANNA, BELA)


def face(track: int, x: float, looks: NDArray[np.float32] | None = None) -> Face:
    """Return a face 100 pixels wide whose embedding will turn out to be `looks`."""
    box = np.array([x, 0, x + 100, 130], np.float32)
    return Face(box, np.zeros((5, 2), np.float32), 1.0, embedding=looks, track_id=track)


@pytest.fixture
def recognizer() -> Recognizer:
    return Recognizer()


@pytest.fixture
def matcher(recognizer: Recognizer) -> PeopleByLook:
    return PeopleByLook(recognizer, PEOPLE, 0.35)


def test_people_are_recognized_and_others_are_nobody(matcher: PeopleByLook) -> None:
    faces = [face(0, 0, BELA), face(1, 300, STRANGER), face(2, 600, ANNA), face(3, 900)]
    assert matcher.assign(FRAME, faces) == [1, None, 0, None]
    assert matcher.found == {0, 1}


def test_another_target_is_looked_at_by_its_own_recognizer(
    matcher: PeopleByLook, recognizer: Recognizer
) -> None:
    assert matcher.assign(FRAME, [face(0, 0, BELA)]) == [1]
    own = Recognizer()
    another = matcher.another(own)
    assert another.found == frozenset()
    assert another.assign(FRAME, [face(0, 0, ANNA), face(1, 300, BELA)]) == [0, 1]
    assert (own.asked, recognizer.asked) == ([0, 1], [0])


def test_a_face_alone_is_looked_at_now_and_then(
    matcher: PeopleByLook, recognizer: Recognizer
) -> None:
    for _ in range(60):
        assert matcher.assign(FRAME, [face(0, 0, ANNA), face(1, 500, BELA)]) == [0, 1]
    assert 10 <= len(recognizer.asked) == matcher.looks <= 14


def test_a_face_is_held_while_recognition_fails(matcher: PeopleByLook) -> None:
    assert matcher.assign(FRAME, [face(0, 0, ANNA)]) == [0]
    for looks in (BLUR, None):
        for _ in range(50):
            assert matcher.assign(FRAME, [face(0, 0, looks)]) == [0]


def test_who_turns_out_to_be_somebody_else_is(matcher: PeopleByLook) -> None:
    assert matcher.assign(FRAME, [face(0, 0, ANNA)]) == [0]
    for _ in range(20):
        who = matcher.assign(FRAME, [face(0, 0, BELA)])
    assert who == [1]


def test_tracks_that_are_mixed_up_where_people_cross_mix_up_nobody(matcher: PeopleByLook) -> None:
    for step in range(40):
        left, right = step * 15.0, 600 - step * 15.0
        # Where they overlap most, the tracker takes one for the other, and stays with it.
        anna, bela = (0, 1) if step < 20 else (1, 0)
        faces = [face(anna, left, ANNA), face(bela, right, BELA)]
        assert matcher.assign(FRAME, faces) == [0, 1], step


def test_who_was_hidden_is_the_same_person_behind(matcher: PeopleByLook) -> None:
    assert matcher.assign(FRAME, [face(0, 0, ANNA), face(1, 90, BELA)]) == [0, 1]
    for _ in range(6):
        assert matcher.assign(FRAME, [face(0, 40, ANNA)]) == [0]
    # Half hidden, she cannot be recognized yet, or looks like the one in front.
    for looks in (BLUR, ANNA * 0.9 + STRANGER * 0.1):
        assert matcher.assign(FRAME, [face(0, 60, ANNA), face(2, 0, looks)]) == [0, 1]


def test_who_cannot_be_recognized_is_who_another_one_said(recognizer: Recognizer) -> None:
    first, second = (PeopleByLook(recognizer, PEOPLE, 0.35) for _ in range(2))
    first.go_on(Whereabouts(), 0.5)
    for number in range(20):
        # She turns away before the other one is asked.
        looks = ANNA if number < 10 else BLUR
        assert first.assign(at(number), [face(3, 0, looks), face(4, 500, STRANGER)]) == [0, None]
    second.go_on(first.whereabouts, 0.5)
    recognizer.asked.clear()
    for number in range(15, 20):
        # Another tracker gave other ids, and what is known need not be looked at.
        again = [face(0, 505, STRANGER), face(1, 3, BLUR)]
        assert second.assign(at(number), again) == [None, 0]
    assert recognizer.asked == []
    for number in range(20, 40):
        assert second.assign(at(number), [face(0, 505, STRANGER), face(1, 3, BLUR)]) == [None, 0]
    assert recognizer.asked
    assert PeopleByLook(recognizer, PEOPLE, 0.35).assign(FRAME, [face(1, 3, BLUR)]) == [None]


def at(number: int) -> Picture:
    return Picture(FRAME.bgr, number / 10)


def test_who_comes_by_a_cut_is_nobody_else(matcher: PeopleByLook) -> None:
    """Shot and countershot: a stranger's face is where Anna's was."""
    noise = np.random.default_rng(0)
    shots = [Picture(noise.integers(0, 256, (64, 64, 3), np.uint8)) for _ in range(2)]
    for track in range(6):
        is_anna = track % 2 == 0
        for _ in range(10):
            there = face(track, 0, ANNA if is_anna else STRANGER)
            assert matcher.assign(shots[track % 2], [there]) == [0 if is_anna else None]


def test_a_stranger_who_took_over_a_track_is_nobody_after_a_while(matcher: PeopleByLook) -> None:
    matcher.assign(FRAME, [face(0, 0, ANNA), face(1, 90, STRANGER)])
    # Anna leaves behind the stranger, to whom her track sticks.
    who = [matcher.assign(FRAME, [face(0, 60 + step, STRANGER)]) for step in range(40)]
    assert who[0] == [0]
    assert who[-1] == [None]


def test_after_a_cut_people_are_recognized_anew(matcher: PeopleByLook) -> None:
    assert matcher.assign(FRAME, [face(0, 0, ANNA), face(1, 500, BELA)]) == [0, 1]
    assert matcher.assign(FRAME, [face(2, 0, BELA), face(3, 500, ANNA)]) == [1, 0]


def test_the_better_likeness_wins(matcher: PeopleByLook) -> None:
    hardly = ANNA * 0.6 + STRANGER * 0.8
    assert matcher.assign(FRAME, [face(0, 0, hardly), face(1, 500, ANNA)]) == [None, 0]


def test_what_was_known_is_forgotten_for_a_new_video(matcher: PeopleByLook) -> None:
    matcher.assign(FRAME, [face(0, 0, ANNA)])
    matcher.reset()
    assert matcher.assign(FRAME, [face(0, 0, BLUR)]) == [None]


looks = st.lists(st.floats(-1, 1, width=32), min_size=4, max_size=4)
scenes = st.lists(
    st.dictionaries(st.integers(0, 5), st.tuples(st.floats(0, 500), looks), max_size=5),
    max_size=12,
)


@given(scenes)
def test_nobody_is_in_a_frame_twice(scene: list[dict[int, tuple[float, list[float]]]]) -> None:
    matcher = PeopleByLook(Recognizer(), PEOPLE, 0.35)
    for frame in scene:
        faces = [
            face(track, x, np.array(values, np.float32)) for track, (x, values) in frame.items()
        ]
        known = [who for who in matcher.assign(FRAME, faces) if who is not None]
        assert len(known) == len(set(known))


def _crop(moment: crossing.Moment, points: NDArray[np.float32]) -> NDArray[np.uint8]:
    matrix = arcface_matrix(points, 112)
    assert matrix is not None
    return aligned_crop(Picture(moment.bgr), matrix, 112)


@pytest.fixture(scope="module")
def two_people(
    shared_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[ScrfdDetector, ArcFaceRecognizer, list[NDArray[np.float32]]]:
    """Return a detector with real weights, a recognizer for two people, and their embeddings."""
    detector = ScrfdDetector(create_session(shared_data / "scrfd_2.5g_kps.onnx"))
    crops: tuple[list[NDArray[np.uint8]], ...] = ([], [])
    last: dict[int, tuple[Picture, Face]] = {}
    for moment in crossing.rehearsal(shared_data):
        for found in detector.detect(moment.bgr):
            who = moment.who(*_center(found))
            crops[who].append(_crop(moment, found.points))
            last[who] = (Picture(moment.bgr), found)
    path = tmp_path_factory.mktemp("two") / "two.onnx"
    crossing.write_two_people_recognizer(path, (crops[0], crops[1]))
    recognizer = ArcFaceRecognizer(path, create_session(path))
    people = [recognizer.embed(picture, [one])[0] for _, (picture, one) in sorted(last.items())]
    return detector, recognizer, [each for each in people if each is not None]


def _center(found: Face) -> tuple[float, float]:
    left, top, right, bottom = map(float, found.box)
    return (left + right) / 2, (top + bottom) / 2


Two = tuple[ScrfdDetector, ArcFaceRecognizer, list[NDArray[np.float32]]]
FINDERS: dict[str, Callable[[Two], FaceFinder]] = {
    "scrfd": lambda two: FaceAnalyzer(two[0], two[1]),
    "scrfd, moved in between": lambda two: MotionFinder(
        FaceAnalyzer(two[0], two[1]), DetectionCadence(5, 1 / crossing.FPS)
    ),
    "mesh": lambda two: RecognizingFinder(load_tracker(), two[1]),
}


@pytest.mark.parametrize("name", FINDERS)
def test_two_recorded_people_who_cross_are_not_mixed_up(
    name: str, two_people: Two, shared_data: Path
) -> None:
    finder = FINDERS[name](two_people)
    people = PeopleFinder(finder, PeopleByLook(finder, two_people[2], 0.35))
    seen = [0, 0]
    for number, moment in enumerate(crossing.crossing(shared_data)):
        for found in people.find(Picture(moment.bgr, number / crossing.FPS)):
            center = _center(found)
            who = moment.who(*center)
            # A face between the two, where the one hides half of the other, is neither's.
            if abs(center[0] - moment.heads[who][0]) > 45:
                continue
            assert found.person == who, number
            seen[who] += 1
    if isinstance(finder, MotionFinder):
        assert finder.detections < crossing.FRAMES / 2
    assert seen[crossing.FRONT] >= crossing.FRAMES - 3
    assert seen[crossing.BACK] >= crossing.FRAMES - 12


def test_faces_keep_their_ids_unless_they_are_somebody_else() -> None:
    class Fixed(Recognizer):
        faces: Sequence[Face] = ()

        def find(self, frame: TrackableFrame) -> list[Face]:
            del frame
            return list(self.faces)

    finder = Fixed()
    people = PeopleFinder(finder, PeopleByLook(finder, PEOPLE, 0.35))
    finder.faces = [face(7, 0, ANNA), face(8, 50, BELA), face(9, 500, STRANGER)]
    first = people.find(FRAME)
    assert [each.person for each in first] == [0, 1, None]
    anna, bela, stranger = finder.faces
    finder.faces = [replace(anna, track_id=8), replace(bela, track_id=7), stranger]
    second = people.find(FRAME)
    assert [each.person for each in second] == [0, 1, None]
    assert first[2].track_id == second[2].track_id
    assert not {each.track_id for each in first} & {each.track_id for each in second[:2]}
    assert [each.track_id for each in people.find(FRAME)] == [each.track_id for each in second]

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from dlc.faces.crop import Square
from dlc.faces.face import Face
from dlc.faces.hands.hand import Hand, Palm
from dlc.faces.hands.hand_landmarker import HandLandmarker
from dlc.faces.hands.hand_tracker import HandTracker, load_hand_tracker
from dlc.faces.hands.palm_detector import PalmDetector
from dlc.faces.pixels import RegionSource
from tests.faces.hands.drawn import Points, drawn, placed
from tests.faces.pictures import Picture

Bytes = NDArray[np.uint8]
LENGTH = 60.0
FPS = 30.0


class CountingDetector(PalmDetector):
    """Remembers where it looked."""

    def __init__(self, palms: PalmDetector) -> None:
        self.palms = palms
        self.squares: list[Square] = []

    def detect(self, picture: RegionSource, square: Square) -> list[Palm]:
        self.squares.append(square)
        return self.palms.detect(picture, square)


@pytest.fixture
def detector(palms: PalmDetector) -> CountingDetector:
    return CountingDetector(palms)


@pytest.fixture
def tracker(detector: CountingDetector, hand_landmarker: HandLandmarker) -> HandTracker:
    return HandTracker(detector, hand_landmarker)


def watch(
    tracker: HandTracker, pictures: Iterable[Bytes], faces: Sequence[Face], first: int = 0
) -> list[list[Hand]]:
    """Show consecutive frames; `first` is the number of the first one."""
    return [
        tracker.find(Picture(bgr, time=(first + index) / FPS), faces)
        for index, bgr in enumerate(pictures)
    ]


def error(hand: Hand, points: Points) -> float:
    """Return the mean distance between points, in palm lengths."""
    return float(np.linalg.norm(hand.points - points, axis=1).mean()) / LENGTH


def test_a_hand_is_followed_across_a_face(
    tracker: HandTracker, detector: CountingDetector, astronaut: Bytes, astronaut_face: Face
) -> None:
    path = [placed(180 + 8 * i, 130 + 2 * i, LENGTH, 3 * i) for i in range(9)]
    shown = watch(tracker, [drawn(astronaut, points, LENGTH) for points in path], [astronaut_face])
    for hands, points in zip(shown, path, strict=True):
        (hand,) = hands
        assert hand.certainty == 1
        assert error(hand, points) < 0.15
    assert len(detector.squares) == 4, "three times in the first frame, and five frames later"


def test_a_hand_at_rest_is_shown_steadily(
    tracker: HandTracker, astronaut: Bytes, astronaut_face: Face
) -> None:
    still, noise = drawn(astronaut, placed(215, 140, LENGTH), LENGTH), np.random.default_rng(0)
    noisy = [
        np.clip(still + noise.normal(0, 12, still.shape), 0, 255).astype(np.uint8)
        for _ in range(12)
    ]
    shown = np.stack([hands[0].points for hands in watch(tracker, noisy, [astronaut_face])])
    # Found frame by frame, points move by 0.02 palm lengths in this noise.
    assert np.linalg.norm(np.diff(shown, axis=0), axis=2).mean() < 0.015 * LENGTH


def test_a_hand_that_is_gone_fades_and_is_sought_at_once(
    tracker: HandTracker, detector: CountingDetector, astronaut: Bytes, astronaut_face: Face
) -> None:
    held = drawn(astronaut, placed(215, 140, LENGTH), LENGTH)
    shown = watch(tracker, [held, held, *[astronaut] * 5], [astronaut_face])
    certain = [[hand.certainty for hand in hands] for hands in shown]
    assert certain == [[1], [1], [0.75], [0.5], [0.25], [], []]
    assert len(detector.squares) >= 6


def test_a_hand_that_was_missed_for_a_frame_is_found_again(
    tracker: HandTracker, astronaut: Bytes, astronaut_face: Face
) -> None:
    points = placed(215, 140, LENGTH)
    held = drawn(astronaut, points, LENGTH)
    shown = watch(tracker, [held, held, astronaut, held, held], [astronaut_face])
    assert [[hand.certainty for hand in hands] for hands in shown] == [[1], [1], [0.75], [1], [1]]
    assert error(shown[-1][0], points) < 0.15


def test_two_hands_are_two(tracker: HandTracker, astronaut: Bytes, astronaut_face: Face) -> None:
    both = [placed(180, 150, 45.0), placed(275, 150, 45.0)]
    picture = astronaut
    for points in both:
        picture = drawn(picture, points, 45.0)
    for hands in watch(tracker, [picture] * 6, [astronaut_face]):
        found = sorted(float(hand.points[9, 0]) for hand in hands)
        assert found == pytest.approx([180, 275], abs=10)


def test_faces_have_no_hands(tracker: HandTracker, astronaut: Bytes, astronaut_face: Face) -> None:
    assert watch(tracker, [astronaut] * 6, [astronaut_face]) == [[]] * 6


class DoubtfulDetector(CountingDetector):
    """Is less sure of what it finds."""

    score = 0.5

    def detect(self, picture: RegionSource, square: Square) -> list[Palm]:
        return [replace(palm, score=self.score) for palm in super().detect(picture, square)]


def test_a_hand_in_doubt_is_not_followed(
    palms: PalmDetector, hand_landmarker: HandLandmarker, astronaut: Bytes, astronaut_face: Face
) -> None:
    held = drawn(astronaut, placed(215, 140, LENGTH), LENGTH)
    doubtful = DoubtfulDetector(palms)
    tracker = HandTracker(doubtful, hand_landmarker)
    assert watch(tracker, [held] * 2, [astronaut_face]) == [[]] * 2
    doubtful.score = 0.7
    assert len(watch(tracker, [held], [astronaut_face])[0]) == 1


def test_nothing_is_sought_without_faces(
    tracker: HandTracker, detector: CountingDetector, astronaut: Bytes
) -> None:
    held = drawn(astronaut, placed(215, 140, LENGTH), LENGTH)
    assert watch(tracker, [held] * 3, []) == [[]] * 3
    assert detector.squares == []


def test_nothing_is_sought_near_tiny_faces(
    tracker: HandTracker, detector: CountingDetector, astronaut: Bytes, astronaut_face: Face
) -> None:
    tiny = replace(astronaut_face, box=np.array([200, 100, 230, 139], np.float32))
    assert watch(tracker, [astronaut], [tiny]) == [[]]
    assert detector.squares == []
    small = replace(tiny, box=np.array([200, 100, 230, 141], np.float32))
    watch(tracker, [astronaut], [small])
    assert len(detector.squares) == 3


def test_hands_away_from_faces_are_let_go(
    tracker: HandTracker, astronaut: Bytes, astronaut_face: Face
) -> None:
    held = drawn(astronaut, placed(215, 140, LENGTH), LENGTH)
    assert len(watch(tracker, [held], [astronaut_face])[0]) == 1
    away = replace(astronaut_face, box=astronaut_face.box + np.float32(2000))
    assert watch(tracker, [held], [away], first=1) == [[]]


def test_the_faces_of_a_crowd_take_turns(
    tracker: HandTracker, detector: CountingDetector, astronaut: Bytes, astronaut_face: Face
) -> None:
    crowd = [
        replace(astronaut_face, track_id=number, box=astronaut_face.box + np.float32(number))
        for number in range(7)
    ]
    watch(tracker, [astronaut], crowd)
    assert len(detector.squares) == 21, "at once around faces that were not there before"
    detector.squares.clear()
    watch(tracker, [astronaut] * 21, crowd, first=1)
    assert len(detector.squares) == 21
    assert len({(square.x, square.size) for square in detector.squares}) == 21, "at three scales"


def test_an_earlier_frame_begins_a_new_video(
    tracker: HandTracker, astronaut: Bytes, astronaut_face: Face
) -> None:
    held = drawn(astronaut, placed(215, 140, LENGTH), LENGTH)
    assert [len(hands) for hands in watch(tracker, [held] * 2, [astronaut_face])] == [1, 1]
    assert watch(tracker, [astronaut], [astronaut_face]) == [[]], "no fading hand of the last one"
    assert len(watch(tracker, [held], [astronaut_face], first=20)[0]) == 1
    late = watch(tracker, [astronaut], [astronaut_face], first=60)
    assert late == [[]], "a gap begins a new video, too"


def test_the_shipped_models_are_loaded_once_for_all(astronaut: Bytes, astronaut_face: Face) -> None:
    first = load_hand_tracker()
    held = drawn(astronaut, placed(215, 140, LENGTH), LENGTH)
    assert len(watch(first, [held], [astronaut_face])[0]) == 1
    second = first.another()
    assert watch(second, [astronaut], [astronaut_face]) == [[]], "it has seen no hand"

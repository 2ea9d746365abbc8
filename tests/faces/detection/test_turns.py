from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from dlc.faces.detection.detector import FaceDetector
from dlc.faces.detection.scrfd import ScrfdDetector
from dlc.faces.detection.turns import detect_in_turns, lies
from dlc.faces.face import Face
from dlc.inference.cpu import create_session
from dlc.media.opening import open_target
from tests.faces.pictures import Picture

Image = NDArray[np.uint8]
SHAPE = (40, 60)
BLANK = np.zeros((*SHAPE, 3), np.uint8)


def seen(x: float, y: float, score: float = 0.9, *, roll: float = 0.0, size: float = 10.0) -> Face:
    """Return what a detector says of a face around a point, its eyes turned by degrees."""
    angle = math.radians(roll)
    across = np.array([math.cos(angle), math.sin(angle)]) * size / 4
    points = np.array([x, y]) + np.stack([-across, across, 0 * across, -across, across])
    box = np.array([x - size / 2, y - size / 2, x + size / 2, y + size / 2])
    return Face(box.astype(np.float32), points.astype(np.float32), score)


def arrow_ahead(bgr: Image, _: int) -> list[Face]:
    """Detect a white pixel straight above a gray one, as an upright face."""
    (white,), (gray,) = np.argwhere(bgr[..., 0] == 255), np.argwhere(bgr[..., 0] == 128)
    if not (white[0] < gray[0] and white[1] == gray[1]):
        return []
    top, bottom = white[::-1].astype(np.float32), gray[::-1].astype(np.float32)
    points = np.stack([top, top + np.float32([9, 0]), top, bottom, bottom])
    return [Face(np.concatenate([top, bottom]), points, 0.9)]


@pytest.mark.parametrize(
    ("white", "gray"),
    [((20, 5), (20, 30)), ((50, 9), (10, 9)), ((10, 9), (50, 9)), ((20, 30), (20, 5))],
)
def test_a_face_is_where_it_is_however_the_picture_is_turned(
    white: tuple[int, int], gray: tuple[int, int]
) -> None:
    bgr = BLANK.copy()
    bgr[white[1], white[0]], bgr[gray[1], gray[0]] = 255, 128
    ((face,),) = detect_in_turns(bgr, arrow_ahead)
    np.testing.assert_array_equal(face.points[[0, 2, 3, 4]], [white, white, gray, gray])
    low, high = np.minimum(white, gray), np.maximum(white, gray)
    np.testing.assert_array_equal(face.box, [*low, *high])
    assert face.box.dtype == face.points.dtype == np.float32


def test_faces_in_different_places_are_all_kept_the_best_first() -> None:
    # After a quarter turn counterclockwise (x, y) is (y, 59 - x).
    by_turn = {0: [seen(10, 10, 0.6), seen(14, 10, 0.5)], 1: [seen(20, 19, 0.9)]}
    faces = detect_in_turns(BLANK, lambda _, turns: by_turn.get(turns, []))
    # The detector itself says that the two of one turn are two.
    assert [[face.score for face in views] for views in faces] == [[0.9], [0.6], [0.5]]
    np.testing.assert_allclose(faces[0][0].points[2], [40, 20])


@pytest.mark.parametrize(
    "other",
    [seen(10, 49, 0.5), seen(10, 49, 0.99, roll=80), seen(10, 49, 0.8, size=5)],
    ids=["less sure", "surer, but lying", "a part of it"],
)
def test_of_one_face_the_turn_in_which_it_is_upright_and_surest_comes_first(other: Face) -> None:
    upright = seen(10, 10, 0.8)
    by_turn = {0: [upright], 1: [other]}
    ((best, second),) = detect_in_turns(BLANK, lambda _, turns: by_turn.get(turns, []))
    np.testing.assert_array_equal(best.points, upright.points)
    assert second.score == other.score


@pytest.mark.parametrize(("roll", "is_lying"), [(45, False), (-45, False), (60, True), (180, True)])
def test_a_face_lies_when_its_eyes_are_above_each_other(roll: float, is_lying: bool) -> None:
    assert lies(seen(0, 0, roll=roll)) is is_lying


def test_an_upright_and_a_lying_face_are_found_in_one_picture(
    detector: FaceDetector, astronaut: Image
) -> None:
    both = np.hstack([astronaut, np.rot90(astronaut)])
    thumbnail = Picture(both).thumbnail(384)
    faces = detect_in_turns(thumbnail, lambda bgr, _: detector.detect(bgr))
    assert sorted(round(math.degrees(face.roll) / 90) for face, *_ in faces) == [-1, 0]
    assert len(detector.detect(thumbnail)) == 1


@pytest.mark.parametrize("turns", [1, 2, 3])
@pytest.mark.parametrize("clip", ["talk_25fps_silent.mp4", "talk_glasses_audio.mp4"])
def test_a_turned_picture_has_the_upright_ones_face(
    clip: str, turns: int, shared_data: Path
) -> None:
    detector = ScrfdDetector(create_session(shared_data / "scrfd_2.5g_kps.onnx"))
    with open_target(shared_data / clip) as reader:
        upright = next(iter(reader)).to_bgr()
    (expected,) = detector.detect(upright)
    turned = np.ascontiguousarray(np.rot90(upright, turns))
    ((face, *_),) = detect_in_turns(turned, lambda bgr, _: detector.detect(bgr))
    x, y = expected.points.T
    right, bottom = upright.shape[1] - 1, upright.shape[0] - 1
    where = {1: (y, right - x), 2: (right - x, bottom - y), 3: (bottom - y, x)}[turns]
    width = expected.box[2] - expected.box[0]
    assert np.abs(face.points - np.stack(where, axis=1)).max() < 0.02 * width

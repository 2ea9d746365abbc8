"""What is kept of each face of a video."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from dlc.faces.face import Face
from dlc.faces.finder import Needs
from dlc.faces.people.sightings import SightingLog
from dlc.faces.pixels import TrackableFrame
from tests.faces.people.looks import ANNA, BELA, Recognizer
from tests.faces.pictures import Picture

POINTS = np.array([[30, 40], [70, 40], [50, 60], [35, 90], [65, 90]], np.float32)


def face(track: int, x: float, looks: np.ndarray | None = None, size: float = 1.0) -> Face:
    box = np.array([0, 0, 100, 130], np.float32) * size + np.array([x, 0, x, 0], np.float32)
    return Face(box, POINTS * size, 1.0, embedding=looks, track_id=track)


def frame(number: int) -> Picture:
    return Picture(np.full((300, 900, 3), number, np.uint8), number / 10)


def log_of(faces: Sequence[Sequence[Face]], *, recognizes: bool = True) -> SightingLog:
    log = SightingLog(Recognizer(), 0.35 if recognizes else None)
    for number, each in enumerate(faces):
        log.add(frame(number), each)
    return log


def test_every_track_is_counted_and_dated() -> None:
    scene = [[face(0, 0), face(1, 400)]] * 4 + [[face(1, 400)]] * 3
    one, other = log_of(scene, recognizes=False).conclude()
    assert (one.frames, one.first, round(one.last, 1)) == (4, 0.0, 0.3)
    assert (other.frames, round(other.last, 1)) == (7, 0.6)
    assert (one.together, other.together) == ({1}, {0})
    assert one.embedding is None


def test_faces_are_numbered_as_they_appear_and_from_the_left() -> None:
    scene = [[face(4, 400), face(7, 0)], [face(4, 400), face(7, 0), face(9, 200)]]
    portraits = [each.portrait for each in log_of(scene, recognizes=False).conclude()]
    # What a portrait shows is cut off at the left edge for the one that is there.
    widths = [each.bgr.shape[1] for each in portraits if each is not None]
    assert len(widths) == 3
    assert widths[0] < widths[1] == widths[2]
    assert [each.frames for each in log_of(scene, recognizes=False).conclude()] == [2, 2, 1]


def test_a_lying_face_has_an_upright_portrait() -> None:
    lying = face(0, 200)
    center = np.array([250, 65], np.float32)
    # A quarter turn clockwise: right becomes down, and down left.
    turned = (lying.points - center) @ np.array([[0, 1], [-1, 0]], np.float32) + center
    lying = replace(lying, points=turned)
    picture = Picture(np.zeros((300, 900, 3), np.uint8))
    picture.bgr[:, 300:] = 200
    log = SightingLog(Recognizer(), None)
    log.add(picture, [lying])
    (one,) = log.conclude()
    assert one.portrait is not None
    # What was on the right is above.
    assert one.portrait.bgr[0].min() == 200
    assert one.portrait.bgr[-1].max() == 0
    upright = SightingLog(Recognizer(), None)
    upright.add(picture, [face(0, 200)])
    (other,) = upright.conclude()
    assert other.portrait is not None
    assert one.portrait.quality == pytest.approx(other.portrait.quality, rel=1e-5)


def test_the_portrait_is_of_the_frame_where_the_face_is_largest() -> None:
    scene = [[face(0, 200, size=size)] for size in (1.0, 1.5, 1.2)]
    (one,) = log_of(scene, recognizes=False).conclude()
    assert one.portrait is not None
    assert int(one.portrait.bgr[0, 0, 0]) == 1
    # The box is 150 x 195 at (200, 0), and 0.6 of 195 pixels are around it.
    assert one.portrait.bgr.shape == (300, 385, 3)


def test_portraits_of_large_faces_take_little_memory() -> None:
    large = Picture(np.random.default_rng(0).integers(0, 256, (2160, 3840, 3), np.uint8))
    log = SightingLog(Recognizer(), None)
    log.add(large, [face(0, 1200, size=10)])
    (one,) = log.conclude()
    assert one.portrait is not None
    # Noise, which compresses worse than any face.
    assert len(one.portrait.jpeg) < 1 << 20
    # The box is 1000 x 1300 at (1200, 0), and 0.6 of 1300 pixels are around it: 2561 x 2081.
    assert one.portrait.bgr.shape == (520, 640, 3)


def test_a_large_face_almost_beyond_the_edge_has_a_portrait() -> None:
    log = SightingLog(Recognizer(), None)
    # The box is 1000 x 1300 with 780 pixels around it: one row of the frame shows any of this.
    beyond = face(0, 100, size=10)
    below = replace(beyond, box=beyond.box + np.array([0, 3779, 0, 3779], np.float32))
    log.add(Picture(np.zeros((3000, 3000, 3), np.uint8)), [below])
    (one,) = log.conclude()
    assert one.portrait is not None
    assert one.portrait.bgr.shape == (1, 640, 3)


def test_a_track_that_becomes_somebody_else_is_two_sightings_each_with_its_own_face() -> None:
    scene = [[face(0, 0, ANNA)]] * 14 + [[face(0, 0, BELA, size=1.5)]] * 20
    one, other = log_of(scene).conclude()
    assert one.embedding is not None
    assert other.embedding is not None
    assert float(one.embedding @ ANNA) > 0.99
    assert float(other.embedding @ BELA) > 0.99
    assert one.portrait is not None
    assert int(one.portrait.bgr[0, 0, 0]) < 14
    assert other.portrait is not None
    assert int(other.portrait.bgr[0, 0, 0]) >= 14


def test_a_face_is_looked_at_every_twelve_frames() -> None:
    recognizer = Recognizer()
    log = SightingLog(recognizer, 0.35)
    for number in range(36):
        log.add(frame(number), [face(0, 0, ANNA)])
    assert len(recognizer.asked) == 3


def test_without_a_recognizer_nobody_is_asked() -> None:
    class Blind(Recognizer):
        def describe(
            self, frame: TrackableFrame, faces: Sequence[Face], needs: Needs
        ) -> list[Face]:
            raise ValueError(frame, faces, needs)

    log = SightingLog(Blind(), None)
    log.add(frame(0), [face(0, 0)])
    assert len(log.conclude()) == 1

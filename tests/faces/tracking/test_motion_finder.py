"""Detections that are saved, and those that are not: never is a stale box shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from dlc.faces.detection.cadence import DetectionCadence
from dlc.faces.face import Face
from dlc.faces.finder import Needs
from dlc.faces.pixels import TrackableFrame
from dlc.faces.tracking.motion_finder import MotionFinder
from dlc.media.live.frame import LiveFrame
from tests import clips

BOX = (172.0, 62.0, 272.0, 200.0)
POINTS = np.array([(203, 112), (246, 112), (225, 140), (205, 158), (245, 158)], np.float32)
SIZE = (640, 480)


class Oracle:
    """Finds the faces where they are said to be, and notes in which frames it was asked."""

    def __init__(self) -> None:
        self.asked: list[float] = []
        self.faces: list[Face] = []

    def find(self, frame: TrackableFrame) -> list[Face]:
        self.asked.append(frame.time)
        return list(self.faces)

    def describe(self, _: TrackableFrame, faces: Sequence[Face], needs: Needs) -> list[Face]:
        assert needs is Needs.EMBEDDING
        return [replace(face, embedding=np.ones(512, np.float32)) for face in faces]

    def reset(self) -> None:
        self.asked.append(-1.0)


class Scene:
    """The astronaut on the move, and the finder that follows her."""

    def __init__(self, every: int) -> None:
        self.oracle = Oracle()
        self.finder = MotionFinder(self.oracle, DetectionCadence(every, 1 / 30))
        self.oracle.asked.clear()
        self.time = 0

    def show(self, x: float, y: float = 0.0, photo: NDArray[np.uint8] | None = None) -> list[Face]:
        """Show the next frame, in which she stands at (x, y); return what is found in it."""
        matrix = np.array([[1.0, 0.0, x], [0.0, 1.0, y]])
        picture = clips.astronaut() if photo is None else photo
        bgr = cv2.warpAffine(picture, matrix, SIZE, borderMode=cv2.BORDER_REFLECT_101)
        shift = np.array((x, y), np.float32)
        box = (np.reshape(BOX, (2, 2)) + shift).reshape(4).astype(np.float32)
        self.oracle.faces = [Face(box, POINTS + shift, 0.9)] if photo is None else []
        self.time += 1
        return self.finder.find(LiveFrame(np.asarray(bgr, np.uint8), captured_at=float(self.time)))


def test_the_face_stays_where_it_is_between_detections() -> None:
    scene = Scene(every=5)
    for step in range(16):
        x, y = 12.0 * step, 4.0 * (step % 3)
        (face,) = scene.show(x, y)
        off = np.abs(face.points - (POINTS + np.array((x, y)))).max()
        assert off < 0.02 * 43, f"frame {step}"
        assert face.track_id == 0
    assert scene.oracle.asked == [1, 6, 11, 16]
    assert scene.finder.detections == 4


def test_with_a_detection_in_every_frame_nothing_is_moved() -> None:
    scene = Scene(every=1)
    for step in range(4):
        scene.show(10.0 * step)
    assert scene.oracle.asked == [1, 2, 3, 4]


def test_a_leap_forces_a_detection_at_once() -> None:
    scene = Scene(every=10)
    scene.show(0.0)
    scene.show(5.0)
    (face,) = scene.show(110.0)
    assert scene.oracle.asked == [1, 3]
    np.testing.assert_allclose(face.points, POINTS + np.array((110, 0)), atol=0.01)


def test_a_cut_forces_a_detection_and_ends_the_track() -> None:
    scene = Scene(every=10)
    (before,) = scene.show(0.0)
    group = clips.group()
    assert scene.show(0.0, photo=group) == []
    (after,) = scene.show(0.0)
    assert scene.oracle.asked == [1, 2, 3]
    assert after.track_id != before.track_id


def test_while_there_is_no_face_every_frame_is_searched() -> None:
    scene = Scene(every=10)
    group = clips.group()
    for _ in range(3):
        scene.show(0.0, photo=group)
    assert scene.oracle.asked == [1, 2, 3]


def test_a_frame_that_is_not_later_begins_a_new_video() -> None:
    scene = Scene(every=10)
    scene.show(0.0)
    scene.time = 0
    (face,) = scene.show(0.0)
    assert scene.oracle.asked == [1, -1, 1]
    assert face.track_id == 1


def test_moved_faces_are_described_from_the_new_frame() -> None:
    scene = Scene(every=10)
    scene.show(0.0)
    faces = scene.show(3.0)
    frame = LiveFrame(clips.astronaut(), captured_at=0.0)
    (face,) = scene.finder.describe(frame, faces, Needs.EMBEDDING)
    assert face.embedding is not None
    assert face.box is faces[0].box


@pytest.mark.parametrize("width", [1920, 320])
def test_large_and_small_frames(width: int) -> None:
    finder_frames = []
    oracle = Oracle()
    finder = MotionFinder(oracle, DetectionCadence(5, 1 / 30))
    scale = width / 512
    for step in range(4):
        shift = 0.02 * width * step
        matrix = np.array([[scale, 0.0, shift], [0.0, scale, 0.0]])
        bgr = cv2.warpAffine(clips.astronaut(), matrix, (width, round(0.6 * width)))
        if step == 0:
            oracle.faces = [Face(np.float32(BOX) * scale, POINTS * scale, 0.9)]
        frame = LiveFrame(np.asarray(bgr, np.uint8), captured_at=float(step))
        (face,) = finder.find(frame)
        finder_frames.append(np.abs(face.points - (POINTS * scale + (shift, 0))).max())
    assert max(finder_frames) < 0.02 * 43 * scale
    assert finder.detections == 1

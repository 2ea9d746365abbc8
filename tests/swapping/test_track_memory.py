from __future__ import annotations

import weakref

from dlc.swapping.mesh.face_memory import FaceMemory
from dlc.swapping.track_memory import TrackMemory


def test_a_track_is_remembered_by_its_id() -> None:
    memory = TrackMemory(FaceMemory)
    track = memory.recall(7)
    track.contrast.update(1.5)
    assert memory.recall(7) is track
    assert memory.recall(8).contrast.value is None


def test_a_face_without_an_id_is_always_new() -> None:
    memory = TrackMemory(FaceMemory)
    memory.recall(-1).contrast.update(1.5)
    assert memory.recall(-1).contrast.value is None


def test_the_track_unseen_for_longest_is_forgotten() -> None:
    memory = TrackMemory(FaceMemory)
    kept = memory.recall(0)
    forgotten = memory.recall(1)
    for number in range(2, 200):
        memory.recall(number)
        assert memory.recall(0) is kept
    assert memory.recall(1) is not forgotten


def test_a_track_that_is_over_takes_no_memory_for_long() -> None:
    memory = TrackMemory(FaceMemory)
    over = weakref.ref(memory.recall(0))
    for _ in range(100):
        memory.recall(1)
    assert over() is not None
    for _ in range(1000):
        memory.recall(1)
    assert over() is None


def test_everything_can_be_forgotten() -> None:
    memory = TrackMemory(FaceMemory)
    track = memory.recall(3)
    memory.clear()
    assert memory.recall(3) is not track

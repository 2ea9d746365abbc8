from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from dlc.compositing.patch import Patch
from dlc.enhancing.cadence import EnhanceCadence
from dlc.enhancing.enhancer import FaceEnhancer
from dlc.enhancing.model import EnhancerModel
from dlc.errors import ModelError
from dlc.faces.face import Face
from dlc.faces.finder import Needs
from tests.enhancing.patches import blurred_patch, detail_of, pasted
from tests.enhancing.sharpeners import open_enhancer, write_broken
from tests.faces.pictures import Picture

Bytes = NDArray[np.uint8]


class CountingModel(EnhancerModel):
    """The real model, and how often it was run."""

    def __init__(self, model: EnhancerModel, on_run: Callable[[], None] = lambda: None) -> None:
        self._model = model
        self._on_run = on_run
        self.side = model.side
        self.runs = 0

    def enhance(self, crop: Bytes) -> Bytes:
        self.runs += 1
        self._on_run()
        return self._model.enhance(crop)


class Clock:
    """Seconds that pass only where the test says so."""

    def __init__(self) -> None:
        self._now = 0.0

    def __call__(self) -> float:
        return self._now

    def wait(self, seconds: float) -> None:
        self._now += seconds


@pytest.fixture
def counted(model: EnhancerModel) -> CountingModel:
    return CountingModel(model)


@pytest.fixture
def tracked(face: Face) -> Face:
    return replace(face, track_id=7)


@pytest.fixture
def patch(astronaut: Bytes, face: Face) -> Patch:
    return blurred_patch(astronaut, face)


def enhancer(model: EnhancerModel, every: int | None = 1, blend: float = 1.0) -> FaceEnhancer:
    return FaceEnhancer(model, EnhanceCadence(every), blend)


def nodded(face: Face) -> Face:
    """Return a face whose nose has moved as when the head nods by some 20 degrees."""
    points = face.points.copy()
    points[2, 1] += 0.4 * np.linalg.norm(points[1] - points[0])
    return replace(face, points=points)


def test_it_needs_no_more_of_a_face_than_its_points(model: EnhancerModel) -> None:
    effect = enhancer(model)
    assert effect.name == "enhance"
    assert effect.target_needs == Needs.NOTHING


def test_the_face_gets_detail_and_nothing_else_changes(
    model: EnhancerModel, astronaut: Bytes, face: Face, patch: Patch
) -> None:
    enhanced = enhancer(model).apply(Picture(astronaut), face, patch)
    assert detail_of(enhanced.bgr) > 1.3 * detail_of(patch.bgr)
    assert enhanced.box == patch.box
    np.testing.assert_array_equal(enhanced.alpha, patch.alpha)
    outside = patch.alpha == 0
    assert outside.any()
    np.testing.assert_array_equal(enhanced.bgr[outside], patch.bgr[outside])
    before, after = pasted(astronaut, patch), pasted(astronaut, enhanced)
    mask = np.zeros(before.shape[:2], bool)
    box = patch.box
    mask[box.top : box.bottom, box.left : box.right] = patch.alpha > 0
    np.testing.assert_array_equal(before[~mask], after[~mask])


@pytest.mark.parametrize("every", [1, 4])
def test_a_blend_of_0_leaves_the_patch(
    counted: CountingModel, astronaut: Bytes, tracked: Face, patch: Patch, every: int
) -> None:
    effect = enhancer(counted, every, blend=0.0)
    for _ in range(2):
        assert effect.apply(Picture(astronaut), tracked, patch) is patch
    assert counted.runs == 0


def test_a_blend_of_half_adds_half(
    model: EnhancerModel, astronaut: Bytes, face: Face, patch: Patch
) -> None:
    picture = Picture(astronaut)
    whole = enhancer(model).apply(picture, face, patch).bgr.astype(int)
    half = enhancer(model, blend=0.5).apply(picture, face, patch).bgr.astype(int)
    unclipped = (whole > 0) & (whole < 255)
    expected = (whole + patch.bgr) / 2
    assert np.abs(half - expected)[unclipped].max() <= 1


def test_every_frame_is_the_same_as_without_a_memory(
    model: EnhancerModel, astronaut: Bytes, tracked: Face, patch: Patch
) -> None:
    effect = enhancer(model, every=1)
    darker = replace(patch, bgr=patch.bgr // 2)
    for each in (patch, darker, patch):
        remembering = effect.apply(Picture(astronaut), tracked, each)
        fresh = enhancer(model, every=4).apply(Picture(astronaut), tracked, each)
        np.testing.assert_array_equal(remembering.bgr, fresh.bgr)


def test_in_between_the_current_face_gets_the_detail_of_the_last_one(
    counted: CountingModel, astronaut: Bytes, tracked: Face, patch: Patch
) -> None:
    effect = enhancer(counted, every=4)
    first = effect.apply(Picture(astronaut), tracked, patch)
    brighter = replace(patch, bgr=np.minimum(patch.bgr, 250) + np.uint8(4))
    second = effect.apply(Picture(astronaut), tracked, brighter)
    assert counted.runs == 1
    inside = (patch.alpha == 255) & (first.bgr > 5).all(axis=2) & (first.bgr < 245).all(axis=2)
    added = second.bgr[inside].astype(int) - brighter.bgr[inside]
    detail = first.bgr[inside].astype(int) - patch.bgr[inside]
    assert np.abs(added - detail).mean() < 0.1 * np.abs(detail).mean()
    for _ in range(3):
        effect.apply(Picture(astronaut), tracked, patch)
    assert counted.runs == 2


@pytest.mark.parametrize("ended_by", ["cut", "turn"])
def test_nothing_is_carried_on_beyond(
    ended_by: str, counted: CountingModel, astronaut: Bytes, tracked: Face, patch: Patch
) -> None:
    # A cut, or a face that was lost, shows as a new id of the track.
    other = replace(tracked, track_id=8) if ended_by == "cut" else nodded(tracked)
    effect = enhancer(counted, every=100)
    for face, runs in ((tracked, 1), (tracked, 1), (other, 2), (other, 2)):
        got = effect.apply(Picture(astronaut), face, patch)
        assert counted.runs == runs
    fresh = enhancer(counted).apply(Picture(astronaut), other, patch)
    assert np.abs(fresh.bgr.astype(int) - got.bgr).mean() < 0.5


def test_each_face_has_its_own_detail(
    counted: CountingModel, astronaut: Bytes, tracked: Face, patch: Patch
) -> None:
    effect = enhancer(counted, every=3)
    guest = replace(tracked, track_id=8)
    for _ in range(3):
        for face in (tracked, guest):
            effect.apply(Picture(astronaut), face, patch)
    assert counted.runs == 2


def test_a_face_without_a_track_is_enhanced_every_time(
    counted: CountingModel, astronaut: Bytes, face: Face, patch: Patch
) -> None:
    effect = enhancer(counted, every=4)
    for _ in range(3):
        effect.apply(Picture(astronaut), replace(face, track_id=-1), patch)
    assert counted.runs == 3


@pytest.mark.parametrize(("cost", "runs"), [(0.001, 60), (0.3, 6)])
def test_live_it_runs_as_often_as_there_is_time(
    model: EnhancerModel, astronaut: Bytes, tracked: Face, patch: Patch, cost: float, runs: int
) -> None:
    clock = Clock()
    slow = CountingModel(model, lambda: clock.wait(cost))
    effect = FaceEnhancer(slow, EnhanceCadence(None), clock=clock)
    for number in range(120):
        if number == 60:
            slow.runs = 0
        clock.wait(0.04)
        effect.apply(Picture(astronaut), tracked, patch)
    assert slow.runs == pytest.approx(runs, abs=1)


def test_points_that_are_no_face_leave_the_patch(
    model: EnhancerModel, astronaut: Bytes, face: Face, patch: Patch
) -> None:
    nowhere = replace(face, points=np.full((5, 2), np.nan, np.float32))
    assert enhancer(model).apply(Picture(astronaut), nowhere, patch) is patch


def test_what_is_no_picture_ends_in_an_error(
    tmp_path: Path, astronaut: Bytes, face: Face, patch: Patch
) -> None:
    broken = open_enhancer(write_broken(tmp_path / "broken.onnx"))
    with pytest.raises(ModelError, match="is unusable"):
        enhancer(broken).apply(Picture(astronaut), face, patch)

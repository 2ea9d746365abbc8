from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from dlc.arrays import Floats
from dlc.swapping.mesh.eyes import (
    Eye,
    IrisTint,
    cut_openings,
    find_eyes,
    find_irises,
    iris_color,
)
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.tone import LUMA
from dlc.swapping.running_mean import RunningMean
from tests.swapping.mesh.heads import Placing, average_head

BROWN = np.array([70, 80, 110], np.float32)
BLUE = np.array([125, 100, 70], np.float32)
RADIUS = 9.0


def eye_at(x: float, y: float, height: float = 20.0) -> Eye:
    """Return an eye 50 pixels wide; its iris has a radius of 9 pixels."""
    angles = np.pi + np.arange(16) * 2 * np.pi / 16
    lids = np.stack([x + 25 * np.cos(angles), y + height / 2 * np.sin(angles)], axis=1)
    iris = np.array([[x, y], [x + 9, y], [x, y - 9], [x - 9, y], [x, y + 9]])
    return Eye(lids.astype(np.float32), iris.astype(np.float32))


def picture(eyes: list[Eye], color: NDArray[np.float32] = BROWN) -> NDArray[np.uint8]:
    """Return uint8 (100, 200, 4): white eyes with irises of one color in gray skin."""
    bgra = np.full((100, 200, 4), 90, np.uint8)
    y, x = np.mgrid[:100, :200]
    for eye in eyes:
        center = eye.iris[0]
        disk = np.hypot(x - center[0], y - center[1]) < RADIUS
        bgra[disk, :3] = color
    return bgra


EYES = [eye_at(50, 50), eye_at(150, 50)]


def test_an_iris_is_a_disk_inside_the_lids() -> None:
    first, second = find_irises(EYES, (100, 200))
    assert first.mask.max() == pytest.approx(1.0, abs=0.01)
    # The disk, less what the lids hide of it.
    assert 0.7 * np.pi * RADIUS**2 < first.mask.sum() <= 1.15 * np.pi * RADIUS**2
    assert second.box.left - first.box.left == 100


def test_the_color_is_that_of_both_irises() -> None:
    irises = find_irises(EYES, (100, 200))
    color = iris_color(picture(EYES), irises)
    assert color is not None
    np.testing.assert_allclose(color, BROWN, atol=6)


def test_glints_do_not_count() -> None:
    bgra = picture(EYES)
    bgra[47:50, 48:51] = 255
    color = iris_color(bgra, find_irises(EYES, (100, 200)))
    assert color is not None
    np.testing.assert_allclose(color, BROWN, atol=6)


def test_the_color_of_a_tiny_iris_is_not_known() -> None:
    eye = Eye(EYES[0].lids * 0.05, EYES[0].iris * 0.05)
    assert iris_color(picture(EYES), find_irises([eye], (100, 200))) is None


def test_the_tint_changes_the_irises_and_nothing_else() -> None:
    before = picture(EYES)
    after = before.copy()
    IrisTint(BLUE).apply(after, EYES, RunningMean[Floats](0.1))
    changed = (before != after).any(axis=2)
    y, x = np.nonzero(changed)
    distance = np.minimum(np.hypot(x - 50, y - 50), np.hypot(x - 150, y - 50))
    assert changed.sum() > 200
    assert distance.max() < RADIUS + 5
    np.testing.assert_allclose(after[50, 50, :3], BLUE, atol=12)
    np.testing.assert_array_equal(before[..., 3], after[..., 3])


def test_behind_a_veil_an_iris_gets_what_is_seen_of_the_color() -> None:
    after = np.rint(0.4 * picture(EYES) + 60).astype(np.uint8)
    IrisTint(BLUE).apply(after, EYES, RunningMean[Floats](0.1), veil=60, clearness=0.4)
    np.testing.assert_allclose(after[50, 50, :3], 0.4 * BLUE + 60, atol=8)


def test_an_iris_is_as_gray_as_the_picture() -> None:
    gray = np.float32([80, 80, 80])
    after = picture(EYES, gray)
    IrisTint(BLUE).apply(after, EYES, RunningMean[Floats](0.1), colored=0.0)
    assert np.ptp(after[..., :3], axis=2).max() == 0
    np.testing.assert_allclose(after[50, 50, :3], BLUE @ LUMA, atol=8)


def test_a_shut_eye_is_left_alone() -> None:
    shut = [eye_at(50, 50, height=4), eye_at(150, 50, height=3)]
    before = picture(EYES)
    after = before.copy()
    seen = RunningMean[Floats](0.1)
    seen.update(BROWN)
    IrisTint(BLUE).apply(after, shut, seen)
    np.testing.assert_array_equal(after, before)


def test_without_a_source_color_nothing_changes() -> None:
    after = picture(EYES)
    IrisTint(None).apply(after, EYES, RunningMean[Floats](0.1))
    np.testing.assert_array_equal(after, picture(EYES))


def test_a_blink_does_not_forget_the_color() -> None:
    seen = RunningMean[Floats](0.1)
    tint = IrisTint(BLUE)
    tint.apply(picture(EYES), EYES, seen)
    known = seen.value
    tint.apply(picture(EYES), [eye_at(50, 50, height=2), eye_at(150, 50, height=2)], seen)
    assert seen.value is known


@given(x=st.floats(-60, 260), y=st.floats(-60, 160))
def test_eyes_may_lie_outside_the_picture(x: float, y: float) -> None:
    eyes = [eye_at(x, y), eye_at(x + 80, y)]
    after = picture(EYES)
    IrisTint(BLUE).apply(after, eyes, RunningMean[Floats](0.1))
    opacity = np.ones((100, 200), np.float32)
    cut_openings(opacity, [eye.lids for eye in eyes], 120.0)
    assert np.isfinite(opacity).all()
    assert 0.0 <= opacity.min() <= opacity.max() <= 1.0


def test_openings_are_cut_out_softly() -> None:
    opacity = np.ones((100, 200), np.float32)
    cut_openings(opacity, [EYES[0].lids], 240.0)
    assert opacity[50, 50] == 0.0
    assert opacity[20, 50] == 1.0
    assert (opacity[:, 100:] == 1.0).all()
    edge = opacity[50, 10:40]
    assert (np.diff(edge) <= 0).all()
    assert ((edge > 0.1) & (edge < 0.9)).sum() >= 2


def test_eyes_are_found_in_landmarks(layout: Layout) -> None:
    left, right = find_eyes(layout.topology, average_head(layout, Placing(200, 200, 200)))
    assert left.lids.shape == (16, 2)
    assert left.iris[0, 0] < 200 < right.iris[0, 0]
    assert left.iris[0, 1] == pytest.approx(right.iris[0, 1], abs=0.5)


def test_irises_move_along_with_the_lids() -> None:
    eye = EYES[0]
    np.testing.assert_allclose(eye.moved(eye.lids + 3).iris, eye.iris + 3, atol=1e-4)


@pytest.mark.parametrize(("height", "openness"), [(2.0, 0.0), (20.0, 1.0)])
def test_openness_follows_the_height_of_the_lids(height: float, openness: float) -> None:
    assert eye_at(50, 50, height).openness == pytest.approx(openness)

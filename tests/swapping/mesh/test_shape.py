from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlc.faces.landmarks.pose import Pose
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.shape import ProportionShift
from tests.swapping.mesh.heads import Points, rotation

FRONTAL = Pose(np.eye(3), 100.0, np.zeros(3))

# The outline of the nose, as mesh vertices.
NOSE = (197, 196, 174, 217, 126, 142, 129, 98, 97, 2, 326, 327, 358, 371, 355, 437, 399, 419)


@pytest.fixture(scope="module")
def wide_nosed(layout: Layout) -> Points:
    """Return the average face with a nose half as wide again."""
    shape = layout.mean_face.copy()
    shape[list(NOSE), 0] *= 1.5
    return shape


def random_person(layout: Layout, seed: int) -> Points:
    """Return a smoothly different face, about as different as people are."""
    random = np.random.default_rng(seed)
    bend = random.normal(0, 0.05, (3, 3))
    return (layout.mean_face + layout.mean_face @ bend + layout.mean_face**2 @ bend).astype(
        np.float32
    )


def test_the_same_proportions_stay(layout: Layout, wide_nosed: Points) -> None:
    shift = ProportionShift(wide_nosed, layout)
    np.testing.assert_allclose(shift.offsets(wide_nosed, FRONTAL), 0.0, atol=1e-3)


def test_a_wider_nose_becomes_wider(layout: Layout, wide_nosed: Points) -> None:
    offsets = ProportionShift(wide_nosed, layout).offsets(layout.mean_face, FRONTAL)
    left, right = 129, 358
    width = float(layout.mean_face[right, 0] - layout.mean_face[left, 0]) * 100
    wider = float(offsets[right, 0] - offsets[left, 0])
    # Most of the way, but no farther.
    assert 0.4 * 0.5 * width < wider < 0.5 * width


@given(seed=st.integers(0, 2**32 - 1), yaw=st.floats(-89, 89), pitch=st.floats(-30, 30))
def test_the_oval_never_moves(layout: Layout, seed: int, yaw: float, pitch: float) -> None:
    pose = Pose(rotation(yaw, pitch), 250.0, np.zeros(3))
    offsets = ProportionShift(random_person(layout, seed), layout).offsets(layout.mean_face, pose)
    assert offsets.shape == (468, 2)
    assert np.isfinite(offsets).all()
    np.testing.assert_allclose(offsets[layout.topology.face_oval], 0.0, atol=1e-4)


@given(seed=st.integers(0, 2**32 - 1), yaw=st.floats(36, 90), side=st.sampled_from([-1, 1]))
def test_nothing_moves_in_a_head_turned_far(
    layout: Layout, seed: int, yaw: float, side: int
) -> None:
    pose = Pose(rotation(side * yaw), 250.0, np.zeros(3))
    shift = ProportionShift(random_person(layout, seed), layout)
    np.testing.assert_allclose(shift.offsets(layout.mean_face, pose), 0.0, atol=1e-4)


def test_the_move_fades_as_the_head_turns(layout: Layout, wide_nosed: Points) -> None:
    shift = ProportionShift(wide_nosed, layout)
    sizes = []
    for yaw in range(0, 40, 2):
        offsets = shift.offsets(layout.mean_face, Pose(rotation(yaw), 100.0, np.zeros(3)))
        sizes.append(float(np.abs(offsets).max()))
    assert sizes[0] > 1.0
    assert (np.diff(sizes) < 0.05).all()
    assert (np.abs(np.diff(sizes)) < 0.25 * sizes[0]).all()


def test_the_mouth_moves_less_than_the_nose(layout: Layout) -> None:
    tall = layout.mean_face.copy()
    low = tall[:, 1] > tall[1, 1]
    tall[low, 1] += 0.2 * (tall[low, 1] - tall[1, 1])
    offsets = np.abs(ProportionShift(tall, layout).offsets(layout.mean_face, FRONTAL))
    assert offsets[layout.topology.inner_lips].max() < offsets.max()


@pytest.mark.parametrize(("source", "target"), [(0.15, 0.0), (0.0, 0.15)], ids=["opens", "shuts"])
def test_the_mouth_neither_opens_nor_shuts(layout: Layout, source: float, target: float) -> None:
    def gaping(width: float) -> Points:
        face = layout.mean_face.copy()
        lower = layout.topology.inner_lips[11:]
        face[lower, 1] += width
        # Not only open, but elsewhere, too.
        face[layout.topology.inner_lips, 0] += np.float32(width * 0.2)
        return face

    offsets = ProportionShift(gaping(source), layout).offsets(gaping(target), FRONTAL)
    upper, lower = (
        offsets[layout.topology.inner_lips[1:10]],
        offsets[layout.topology.inner_lips[11:]],
    )
    np.testing.assert_allclose(upper, lower[::-1], atol=1e-3)
    assert np.abs(upper).min() > 0.1

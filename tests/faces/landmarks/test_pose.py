from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlc.faces.landmarks.pose import Pose, fit_pose
from dlc.swapping.mesh.layout import Layout, load_layout
from tests.swapping.mesh.heads import Placing, average_head, rotation


@pytest.fixture(scope="module")
def layout() -> Layout:
    return load_layout()


angles = st.floats(-80, 80)


@given(
    yaw=angles,
    pitch=angles,
    roll=st.floats(-180, 180),
    scale=st.floats(10, 1000),
    center=st.tuples(*[st.floats(-2000, 2000)] * 3),
)
def test_any_similarity_is_recovered(
    layout: Layout,
    yaw: float,
    pitch: float,
    roll: float,
    scale: float,
    center: tuple[float, float, float],
) -> None:
    turn = rotation(yaw, pitch, roll)
    landmarks = (scale * layout.mean_face @ turn + center).astype(np.float32)
    pose = fit_pose(landmarks, layout.mean_face)
    np.testing.assert_allclose(pose.rotation, turn, atol=1e-3)
    assert pose.scale == pytest.approx(scale, rel=1e-3)
    np.testing.assert_allclose(pose.center, center, atol=1e-3 * scale + 1e-3)
    np.testing.assert_allclose(pose.normalize(landmarks), layout.mean_face, atol=2e-3)


@given(yaw=angles)
def test_yaw_is_the_angle_to_the_viewers_right(layout: Layout, yaw: float) -> None:
    landmarks = average_head(layout, Placing(100, 100, 80, yaw=yaw))
    assert fit_pose(landmarks, layout.mean_face).yaw == pytest.approx(yaw, abs=0.1)


def test_a_head_that_looks_right_shows_its_nose_there(layout: Layout) -> None:
    landmarks = average_head(layout, Placing(0, 0, 100, yaw=30))
    assert landmarks[1, 0] > landmarks[:468, 0].mean() + 10


@given(yaw=angles, pitch=angles)
def test_offsets_turn_with_the_head(layout: Layout, yaw: float, pitch: float) -> None:
    pose = Pose(rotation(yaw, pitch), 200.0, np.zeros(3))
    offsets = np.random.default_rng(0).normal(0, 0.1, layout.mean_face.shape).astype(np.float32)
    before = 200.0 * layout.mean_face @ pose.rotation
    after = 200.0 * (layout.mean_face + offsets) @ pose.rotation
    np.testing.assert_allclose(pose.turn(offsets), (after - before)[:, :2], atol=1e-3)


def test_a_mirrored_face_is_not_fitted_by_a_mirror(layout: Layout) -> None:
    mirrored = layout.mean_face * np.array([-1, 1, 1], np.float32)
    assert np.linalg.det(fit_pose(mirrored, layout.mean_face).rotation) == pytest.approx(1.0)


def test_vertices_that_weigh_nothing_do_not_matter(layout: Layout) -> None:
    landmarks = layout.mean_face.copy()
    landmarks[:100] += 5.0
    weights = np.ones(len(landmarks), np.float32)
    weights[:100] = 0.0
    pose = fit_pose(landmarks, layout.mean_face, weights)
    np.testing.assert_allclose(pose.rotation, np.eye(3), atol=1e-5)
    assert pose.scale == pytest.approx(1.0, rel=1e-5)

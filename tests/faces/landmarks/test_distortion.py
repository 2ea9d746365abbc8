from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from dlc.faces.landmarks.distortion import MAX_DISTORTION, distortion
from dlc.swapping.mesh.layout import load_layout
from tests.swapping.mesh.heads import Placing, average_head


@given(
    yaw=st.floats(-80, 80),
    pitch=st.floats(-60, 60),
    roll=st.floats(-180, 180),
    width=st.floats(20, 800),
)
def test_pose_place_and_size_are_no_distortion(
    yaw: float, pitch: float, roll: float, width: float
) -> None:
    placing = Placing(300, 200, width, yaw=yaw, pitch=pitch, roll=roll)
    assert distortion(average_head(load_layout(), placing)) < 1e-3


def test_real_faces_are_hardly_distorted(astronaut_mesh: NDArray[np.float32]) -> None:
    assert 0.005 < distortion(astronaut_mesh) < 0.75 * MAX_DISTORTION


@pytest.mark.parametrize("side", [-1, 1])
def test_a_face_drawn_out_to_one_side_is_distorted(
    astronaut_mesh: NDArray[np.float32], side: int
) -> None:
    drawn = astronaut_mesh.copy()
    across = drawn[:, 0] - drawn[:468, 0].mean()
    drawn[:, 0] += np.where(side * across > 0, 0.5 * across, 0.0)
    assert distortion(drawn) > MAX_DISTORTION


def test_depth_alone_is_no_distortion(astronaut_mesh: NDArray[np.float32]) -> None:
    flat = astronaut_mesh * np.array([1, 1, 0.8], np.float32)
    assert distortion(flat) < distortion(astronaut_mesh) + 0.005

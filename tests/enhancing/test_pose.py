from __future__ import annotations

import math
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from dlc.enhancing.alignment import ffhq_square
from dlc.enhancing.pose import nose_place, turn_degrees
from dlc.faces.finder import Needs
from dlc.faces.landmarks.credibility import credibility
from dlc.faces.landmarks.pose import fit_pose
from dlc.faces.tracking.tracker import load_tracker
from dlc.media.opening import open_target
from dlc.swapping.mesh.layout import load_layout

FACE = np.array([[40, 50], [75, 49], [57, 70], [42, 90], [72, 91]], np.float32)


def place_of(points: NDArray[np.float32]) -> NDArray[np.float64]:
    square = ffhq_square(points)
    assert square is not None
    return nose_place(points, square)


@given(
    scale=st.floats(0.5, 5), angle=st.floats(-3, 3), x=st.floats(-99, 999), y=st.floats(-99, 999)
)
def test_moving_scaling_and_tilting_are_no_turn(
    scale: float, angle: float, x: float, y: float
) -> None:
    cos, sin = math.cos(angle) * scale, math.sin(angle) * scale
    points = (FACE @ np.array([[cos, sin], [-sin, cos]]) + (x, y)).astype(np.float32)
    assert turn_degrees(place_of(points), place_of(FACE)) < 0.1


def test_a_nose_that_moves_among_the_other_points_is_a_turn() -> None:
    turned = FACE.copy()
    turned[2, 0] += 4
    assert turn_degrees(place_of(turned), place_of(FACE)) > 5


def test_degrees_are_about_those_of_the_mesh(shared_data: Path) -> None:
    tracker, mean_face = load_tracker(), load_layout().mean_face
    tracks: dict[int, list[tuple[float, NDArray[np.float64]]]] = defaultdict(list)
    with open_target(shared_data / "stage_cuts_audio.mp4", end=3.0) as reader:
        for frame in reader:
            for face in tracker.describe(frame, tracker.find(frame), Needs.MESH):
                if face.landmarks is not None and credibility(face) > 0:
                    yaw = fit_pose(face.landmarks, mean_face).yaw
                    tracks[face.track_id].append((yaw, place_of(face.points)))
    turned = 0
    for poses in tracks.values():
        (low, one), *_, (high, other) = sorted(poses, key=lambda pose: pose[0]) * 2
        if high - low > 10:
            assert turn_degrees(one, other) == pytest.approx(high - low, rel=0.4)
            turned += 1
    assert turned >= 2

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from dlc.arrays import Floats
from dlc.faces.landmarks.pose import fit_pose
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.masks import depth_inside
from dlc.swapping.mesh.visibility import PoseFacing, mesh_facing, vertex_normals, visibility
from tests.swapping.mesh.heads import Placing, average_head

SIZE = 64
NORMALS = """
import sys
from dlc.swapping.mesh.layout import load_layout
from dlc.swapping.mesh.visibility import vertex_normals
layout = load_layout()
points = layout.with_rim(layout.mean_face) * 200
sys.stdout.buffer.write(vertex_normals(points, layout).tobytes())
"""


def halves(image: Floats, layout: Layout) -> tuple[float, float]:
    """Return the mean of an atlas image over the left and the right half of the face."""
    face = depth_inside(layout, SIZE) > 0.05
    face[:, SIZE // 2 - 2 : SIZE // 2 + 2] = False
    left = np.arange(SIZE)[None] < SIZE // 2
    return float(image[face & left].mean()), float(image[face & ~left].mean())


def test_normals_are_unit_vectors_towards_the_viewer(layout: Layout) -> None:
    normals = vertex_normals(layout.with_rim(layout.mean_face), layout)
    np.testing.assert_allclose(np.linalg.norm(normals, axis=1), 1.0, atol=1e-4)
    assert normals[1, 2] < -0.8
    # The sides of the face look sideways.
    assert normals[234, 0] < -0.5
    assert normals[454, 0] > 0.5
    mirrored = normals[layout.topology.mirror] * [-1, 1, 1]
    np.testing.assert_allclose(normals[:468], mirrored, atol=0.1)


def test_normals_are_the_same_however_many_threads_numpy_has() -> None:
    one, *others = (
        subprocess.run(
            [sys.executable, "-c", NORMALS],
            env={**os.environ, "OPENBLAS_NUM_THREADS": threads},
            capture_output=True,
            check=True,
        ).stdout
        for threads in ("1", "2", "3")
    )
    assert others == [one, one]


def test_a_frontal_face_is_seen_on_both_sides(layout: Layout) -> None:
    mesh = layout.with_rim(average_head(layout, Placing(0, 0, 200)))
    left, right = halves(visibility(mesh_facing(layout, mesh, SIZE)), layout)
    assert left == pytest.approx(right, abs=0.03)
    assert left > 0.8


@pytest.mark.parametrize("yaw", [25.0, 45.0, 60.0])
def test_a_turned_face_hides_its_far_side(layout: Layout, yaw: float) -> None:
    # A head that looks to the viewer's right shows its left side.
    mesh = layout.with_rim(average_head(layout, Placing(0, 0, 200, yaw=yaw)))
    left, right = halves(visibility(mesh_facing(layout, mesh, SIZE)), layout)
    assert left > 0.85
    assert right < left - yaw / 150
    other = layout.with_rim(average_head(layout, Placing(0, 0, 200, yaw=-yaw)))
    mirrored = halves(visibility(mesh_facing(layout, other, SIZE)), layout)
    np.testing.assert_allclose(mirrored, (right, left), atol=0.03)


@pytest.mark.parametrize("yaw", [0.0, -30.0, 50.0])
def test_the_quick_way_agrees_with_the_exact_one(layout: Layout, yaw: float) -> None:
    landmarks = average_head(layout, Placing(0, 0, 200, yaw=yaw))
    exact = mesh_facing(layout, layout.with_rim(landmarks), SIZE)
    quick = PoseFacing(layout, SIZE).facing(fit_pose(landmarks, layout.mean_face))
    inner = depth_inside(layout, SIZE) > 0.05
    assert np.abs(exact - np.clip(quick, 0, 1))[inner].mean() < 0.05


def test_what_lies_beyond_the_face_is_not_seen(layout: Layout) -> None:
    facing = mesh_facing(layout, layout.with_rim(layout.mean_face), SIZE)
    assert facing[0].max() == 0.0
    assert facing[:, 0].max() == 0.0
    assert 0.0 <= facing.min() <= facing.max() <= 1.0

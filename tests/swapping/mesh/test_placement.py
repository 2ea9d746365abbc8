from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from dlc.faces.landmarks.credibility import MAX_YAW
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.placement import Placement, place
from dlc.swapping.mesh.view import TargetView, look
from tests.faces.pictures import Picture
from tests.swapping.mesh.heads import Placing, Points, average_head

ATLAS = 256

FRAME = Picture(np.zeros((600, 500, 3), np.uint8))

# Faces of 20 to 900 pixels, in part outside of a frame of 500 x 600.
placings = st.builds(
    Placing,
    x=st.floats(-100, 600),
    y=st.floats(-100, 700),
    width=st.floats(20, 900),
    yaw=st.floats(-MAX_YAW, MAX_YAW),
    pitch=st.floats(-30, 30),
    roll=st.floats(-180, 180),
)


def placed(layout: Layout, landmarks: Points, shape: tuple[int, int]) -> Placement:
    mesh = layout.with_rim(landmarks)
    return place(layout, mesh, mesh, shape, ATLAS)


def seen(layout: Layout, placing: Placing) -> TargetView:
    """Return what the frame shows of a face; skip faces of which it shows next to nothing."""
    view = look(FRAME, average_head(layout, placing), layout)
    assume(view is not None)
    assert view is not None
    return view


@given(placings)
@example(Placing(x=1.5, y=1.5, width=20.0, yaw=0.0, pitch=6.5, roll=7.0))
@example(Placing(x=0.0, y=1.375, width=29.0, yaw=29.0, pitch=29.0, roll=-118.0))
def test_a_face_that_does_not_move_stays(layout: Layout, placing: Placing) -> None:
    view = seen(layout, placing)
    placement = place(layout, view.mesh, view.mesh, view.shape, ATLAS)
    y, x = np.mgrid[: view.shape[0], : view.shape[1]].astype(np.float32)
    error = np.abs(placement.origin - np.stack([x, y], axis=-1)).max(axis=-1)
    # A pixel may be drawn for a neighbor of the triangle that holds its center, and a low triangle
    # holds its map back beyond its edges. A large face is drawn in squares of some pixels.
    square = -(-max(view.shape) // 160)
    assert error[placement.inside > 0].max(initial=0.0) < square


@given(placings)
def test_nothing_beyond_the_oval_is_inside(layout: Layout, placing: Placing) -> None:
    view = seen(layout, placing)
    inside = place(layout, view.mesh, view.mesh, view.shape, ATLAS).inside
    assert inside.shape == view.shape
    assert set(np.unique(inside)) <= {0, 255}
    oval = view.mesh[layout.topology.face_oval, :2]
    rows, columns = np.nonzero(inside)
    step = max(len(rows) // 500, 1)
    for x, y in zip(columns[::step].tolist(), rows[::step].tolist(), strict=True):
        assert cv2.pointPolygonTest(oval, (x, y), False) >= 0


@given(placings)
def test_the_edge_is_an_opacity(layout: Layout, placing: Placing) -> None:
    view = seen(layout, placing)
    placement = place(layout, view.mesh, view.mesh, view.shape, ATLAS)
    assert placement.edge.dtype == np.float32
    assert 0.0 <= placement.edge.min() <= placement.edge.max() <= 1.0 + 1e-5


@pytest.mark.parametrize("width", [60, 240, 800])
def test_the_edge_rises_from_the_oval_inwards(layout: Layout, width: int) -> None:
    side = width * 3 // 2
    head = average_head(layout, Placing(side / 2, side / 2, width))
    placement = placed(layout, head, (side, side))
    tip = np.round(head[1, :2]).astype(int)
    assert placement.edge[tip[1], tip[0]] == pytest.approx(1.0)
    jaw = np.round(head[layout.topology.face_oval, :2]).astype(int)
    assert placement.edge[jaw[:, 1], jaw[:, 0]].mean() < 0.25


@pytest.mark.parametrize("yaw", [0.0, 20.0, -35.0])
def test_the_atlas_lies_on_the_face(layout: Layout, yaw: float) -> None:
    head = average_head(layout, Placing(200, 200, 240, yaw=yaw))
    placement = placed(layout, head, (400, 400))
    for vertex in (1, 4, 9, 50, 280, 61, 291, 199):
        x, y = np.round(head[vertex, :2]).astype(int)
        found = placement.atlas[y, x]
        expected = layout.uv[vertex] * ATLAS - 0.5
        # A frame pixel is about one atlas pixel here; more where the surface is seen at an angle.
        np.testing.assert_allclose(found, expected, atol=3.0)


def test_moved_features_come_from_where_they_were(layout: Layout) -> None:
    mesh = layout.with_rim(average_head(layout, Placing(200, 200, 240)))
    moved = mesh.copy()
    near = np.linalg.norm(mesh[:, :2] - mesh[1, :2], axis=1)
    moved[:, 0] += 8 * np.exp(-((near / 40) ** 2))
    placement = place(layout, moved, mesh, (400, 400), ATLAS)
    x, y = np.round(moved[1, :2]).astype(int)
    np.testing.assert_allclose(placement.origin[y, x], mesh[1, :2], atol=1.5)
    forehead = np.round(mesh[10, :2] + np.float32(4)).astype(int)
    np.testing.assert_allclose(placement.origin[forehead[1], forehead[0]], forehead, atol=0.5)


def test_the_near_side_covers_the_far_side(layout: Layout) -> None:
    # Turned by 60 degrees the nose stands before the far cheek.
    head = average_head(layout, Placing(200, 200, 240, yaw=60))
    placement = placed(layout, head, (400, 400))
    x, y = np.round(head[1, :2]).astype(int)
    np.testing.assert_allclose(placement.atlas[y, x], layout.uv[1] * ATLAS - 0.5, atol=6.0)

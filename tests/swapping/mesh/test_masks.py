from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlc.arrays import Floats
from dlc.compositing.filters import grow
from dlc.geometry import Box
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.masks import (
    depth_inside,
    feathered_face,
    height_above_brows,
    ring_box,
    rings_mask,
    skin_mask,
    soft_ring,
)
from dlc.swapping.mesh.source.sampling import sampling

SIZE = 128


def at(mask: Floats, layout: Layout, vertex: int) -> float:
    """Return an atlas image's value at a vertex."""
    x, y = np.round(layout.uv[vertex] * SIZE - 0.5).astype(int)
    return float(mask[y, x])


def test_skin_is_neither_eye_nor_lip_nor_beyond_the_oval(layout: Layout) -> None:
    skin = skin_mask(layout, SIZE)
    forehead, left_cheek, right_cheek, chin_front = 151, 50, 280, 199
    for vertex in (forehead, left_cheek, right_cheek, chin_front):
        assert at(skin, layout, vertex) > 0.95
    for vertex in (468 + 0, 13, 105, 334, 10, 234):
        assert at(skin, layout, vertex) < 0.6
    outside = ~sampling(layout, SIZE).inside
    assert skin[outside].max() < 0.35
    np.testing.assert_allclose(skin, skin[:, ::-1], atol=0.15)


def test_depth_grows_from_the_oval_inwards(layout: Layout) -> None:
    depth = depth_inside(layout, SIZE)
    assert at(depth, layout, 234) < 0.03
    assert at(depth, layout, 1) > 0.25
    assert depth[~sampling(layout, SIZE).inside].max() < 0.02


@pytest.mark.parametrize("feather", [0.01, 0.03])
def test_the_soft_edge_lies_inside_the_face(layout: Layout, feather: float) -> None:
    opacity = feathered_face(layout, SIZE, feather, 2 * feather)
    assert opacity[0].max() == 0.0
    face = sampling(layout, SIZE).inside.astype(np.uint8)
    assert opacity[grow(face, 1) == 0].max() == 0.0
    depth, height = depth_inside(layout, SIZE), height_above_brows(layout, SIZE)[:, 0]
    np.testing.assert_array_equal(opacity[depth > 4 * feather], 1.0)
    np.testing.assert_array_equal(opacity[height < -0.05][depth[height < -0.05] > 2 * feather], 1)
    forehead = opacity[height > 0.1][np.abs(depth[height > 0.1] - 2 * feather) < 0.002]
    np.testing.assert_allclose(forehead, 0.5, atol=0.15)


def test_rings_grow_by_face_widths(layout: Layout) -> None:
    ring = [layout.topology.left_eye.tolist()]
    small, large = (rings_mask(layout, SIZE, ring, reach) for reach in (0.0, 0.05))
    grown = (large > 0.5).any(axis=0).sum() - (small > 0.5).any(axis=0).sum()
    assert grown == pytest.approx(2 * 0.05 * layout.face_width * SIZE, abs=2)
    assert (large >= small - 1e-6).all()


rings = st.builds(
    lambda x, y, radius: np.array(
        [[x - radius, y], [x, y - radius], [x + radius, y], [x, y + radius]], np.float32
    ),
    st.floats(-60, 120),
    st.floats(-60, 120),
    st.floats(0.1, 60),
)


@given(rings, st.floats(0, 20))
def test_a_rings_box_lies_in_the_picture_and_holds_the_ring(
    ring: Floats,
    margin: float,
) -> None:
    box = ring_box(ring, margin, (50, 70))
    assert box == box.clipped(70, 50)
    for x, y in ring.tolist():
        if 0 <= x <= 69 and 0 <= y <= 49:
            assert box.left <= x <= box.right - 1
            assert box.top <= y <= box.bottom - 1


def test_a_soft_ring_looks_the_same_in_any_box() -> None:
    ring = np.array([[20, 20], [40, 18], [42, 36], [22, 34]], np.float32)
    whole = soft_ring(ring, Box(0, 0, 64, 64), 1.5)
    box = ring_box(ring, 8, (64, 64))
    np.testing.assert_allclose(
        soft_ring(ring, box, 1.5), whole[box.top : box.bottom, box.left : box.right], atol=1 / 255
    )
    assert whole[27, 30] == pytest.approx(1.0)
    assert whole[5, 5] == 0.0

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.source.photo import unwrap_photo
from dlc.swapping.mesh.source.sampling import sampling
from dlc.swapping.mesh.view import look, unwrap
from tests.faces.pictures import Picture, ramp
from tests.swapping.mesh.heads import Placing, Points, average_head, scaled_photo

FRAME = Picture(np.zeros((600, 500, 3), np.uint8))


@given(
    st.builds(
        Placing,
        x=st.floats(-1000, 1500),
        y=st.floats(-1000, 1600),
        width=st.floats(5, 900),
        roll=st.floats(-180, 180),
    )
)
def test_the_box_lies_in_the_frame_and_the_mesh_in_the_box(
    layout: Layout, placing: Placing
) -> None:
    landmarks = average_head(layout, placing)
    view = look(FRAME, landmarks, layout)
    if view is None:
        return
    assert not view.box.is_empty
    assert view.box == view.box.clipped(FRAME.width, FRAME.height)
    assert view.bgra.shape == (*view.shape, 4)
    corner = [view.box.left, view.box.top]
    np.testing.assert_allclose(view.mesh[:468, :2] + corner, landmarks[:468, :2], atol=1e-3)
    if view.is_whole:
        oval = view.mesh[layout.topology.face_oval, :2]
        assert oval.min() >= 1.0
        assert (oval <= np.array([view.box.width, view.box.height]) - 2).all()


def test_a_face_mostly_outside_is_not_seen(layout: Layout) -> None:
    assert look(FRAME, average_head(layout, Placing(-60, 300, 200)), layout) is None
    assert look(FRAME, average_head(layout, Placing(5000, 300, 200)), layout) is None
    half = look(FRAME, average_head(layout, Placing(5, 300, 200)), layout)
    assert half is not None
    assert not half.is_whole


@pytest.mark.parametrize("scale", [0.3, 1.0, 1.4, 2.0, 3.1])
def test_unwrapping_finds_the_pixel_under_every_atlas_pixel(layout: Layout, scale: float) -> None:
    # On a ramp, values are coordinates; averaging blocks of pixels keeps them.
    frame = Picture(ramp(255, 255))
    width = 80 * scale
    view = look(frame, average_head(layout, Placing(127, 127, width)), layout)
    assert view is not None
    flat, shown = unwrap(view, layout, 64)
    corner = np.array([view.box.left, view.box.top], np.float32)
    where = sampling(layout, 64).spread(view.mesh[:, :2]) + corner
    # The rim lies outside the rectangle that is read of the frame.
    inside = sampling(layout, 64).inside & (where.max(axis=2) < 254) & (where.min(axis=2) > 1)
    error = np.abs(flat[..., :2] - where)[inside]
    assert error.mean() < 0.5 + width / 200
    assert shown.shape == (32, 32)
    assert shown.min() == (1.0 if view.is_whole else 0.0)


def test_what_lies_outside_the_frame_is_not_shown(layout: Layout) -> None:
    view = look(FRAME, average_head(layout, Placing(0, 300, 300)), layout)
    assert view is not None
    _, shown = unwrap(view, layout, 128)
    inside = sampling(layout, 64).inside
    assert shown[:, :28][inside[:, :28]].max() == 0.0
    assert shown[:, 36:][inside[:, 36:]].min() == 1.0


def test_what_a_hand_covers_is_not_shown(layout: Layout) -> None:
    view = look(FRAME, average_head(layout, Placing(250, 300, 300)), layout)
    assert view is not None
    hands = np.zeros(view.shape, np.float32)
    hands[:, : view.shape[1] // 2] = 1
    _, shown = unwrap(replace(view, hands=hands), layout, 128)
    inside = sampling(layout, 64).inside
    assert shown[:, :32][inside[:, :32]].max() == 0.0
    # A hand's shadow beside it is not trusted either.
    assert shown[:, 32][inside[:, 32]].max() == 0.0
    assert shown[:, 36:][inside[:, 36:]].min() == 1.0


def test_a_large_face_unwraps_to_the_same_as_a_small_one(
    portrait: Picture, portrait_mesh: Points, layout: Layout
) -> None:
    flats = []
    for scale in (1.0, 6.0):
        photo, mesh = scaled_photo(portrait, portrait_mesh, scale)
        view = look(photo, mesh, layout)
        assert view is not None
        flats.append(unwrap(view, layout, 128)[0].astype(np.float32))
    inside = sampling(layout, 128).inside
    assert np.abs(flats[0] - flats[1])[inside].mean() < 3.0
    texture = unwrap_photo(layout, portrait, portrait_mesh).texture[2::4, 2::4]
    assert np.abs(flats[0][..., :3] - texture)[inside].mean() < 8.0

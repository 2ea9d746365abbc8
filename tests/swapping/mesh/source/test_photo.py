from __future__ import annotations

import cv2
import numpy as np
import pytest

from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.masks import skin_mask
from dlc.swapping.mesh.source.photo import ATLAS_SIZE, PhotoView, unwrap_photo
from tests.faces.pictures import Picture
from tests.swapping.mesh.heads import Points, scaled_photo, with_sunglasses
from tests.swapping.mesh.mouths import mouth_ring, with_teeth


@pytest.fixture(scope="module")
def view(portrait: Picture, portrait_mesh: Points, layout: Layout) -> PhotoView:
    return unwrap_photo(layout, portrait, portrait_mesh)


def likeness(a: PhotoView, b: PhotoView, layout: Layout) -> float:
    """Return the correlation of two textures over the face."""
    face = skin_mask(layout, ATLAS_SIZE) > 0.5
    return float(np.corrcoef(a.texture[face].ravel(), b.texture[face].ravel())[0, 1])


def test_the_texture_shows_the_photo(view: PhotoView, layout: Layout) -> None:
    assert view.texture.shape == (ATLAS_SIZE, ATLAS_SIZE, 3)
    assert view.texture.dtype == np.float32
    # Lips are redder than cheeks, pupils darker than either.
    lips, cheek = (
        view.texture[tuple(np.round(layout.uv[vertex] * ATLAS_SIZE).astype(int)[::-1])]
        for vertex in (17, 50)
    )
    assert lips[2] / lips[1] > cheek[2] / cheek[1]


def test_a_frontal_photo_shows_most_of_the_face(view: PhotoView, layout: Layout) -> None:
    assert view.seen[skin_mask(layout, ATLAS_SIZE) > 0.9].mean() > 0.8
    assert view.iris is not None
    assert view.fineness == pytest.approx(0.25, abs=0.1)


@pytest.mark.parametrize("scale", [0.5, 2.0, 6.0])
def test_a_photo_of_any_size_gives_the_same_texture(
    view: PhotoView, portrait: Picture, portrait_mesh: Points, layout: Layout, scale: float
) -> None:
    other = unwrap_photo(layout, *scaled_photo(portrait, portrait_mesh, scale))
    assert likeness(view, other, layout) > 0.98
    np.testing.assert_allclose(other.shape, view.shape, atol=1e-3)
    assert other.fineness == pytest.approx(min(view.fineness * scale, 1.0), rel=0.02)


def test_what_sunglasses_hide_is_not_seen(
    view: PhotoView, portrait: Picture, portrait_mesh: Points, layout: Layout
) -> None:
    dark = unwrap_photo(layout, with_sunglasses(portrait, portrait_mesh), portrait_mesh)
    assert dark.has_sunglasses
    assert not view.has_sunglasses
    for eye in (layout.topology.left_eye, layout.topology.right_eye):
        columns, rows = np.round(layout.uv[eye].T * ATLAS_SIZE).astype(int)
        assert dark.seen[rows, columns].max() == 0.0
        assert view.seen[rows, columns].min() > 0.5
    mouth = slice(round(float(layout.uv[13, 1]) * ATLAS_SIZE), None)
    np.testing.assert_array_equal(dark.seen[mouth], view.seen[mouth])
    assert dark.worth < 0.9 * view.worth


def test_what_the_photo_cuts_off_is_not_seen(
    view: PhotoView, portrait: Picture, portrait_mesh: Points, layout: Layout
) -> None:
    middle = round(float(portrait_mesh[1, 0]))
    half = unwrap_photo(layout, Picture(portrait.bgr[:, :middle].copy()), portrait_mesh)
    assert half.seen[:, ATLAS_SIZE * 6 // 10 :].max() == 0.0
    left = slice(ATLAS_SIZE * 4 // 10)
    np.testing.assert_allclose(half.seen[:, left], view.seen[:, left], atol=1e-3)
    assert half.worth < 0.7 * view.worth


def test_a_face_outside_its_photo_is_refused(
    portrait: Picture, portrait_mesh: Points, layout: Layout
) -> None:
    with pytest.raises(ValueError, match="outside"):
        unwrap_photo(layout, portrait, portrait_mesh + np.array([5000, 0, 0], np.float32))


def test_black_and_white_says_nothing_of_the_irises(
    portrait: Picture, portrait_mesh: Points, layout: Layout
) -> None:
    gray = cv2.cvtColor(cv2.cvtColor(portrait.bgr, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    view = unwrap_photo(layout, Picture(np.asarray(gray, np.uint8)), portrait_mesh)
    assert view.iris is None


def test_teeth_are_no_lips(portrait: Picture, portrait_mesh: Points, layout: Layout) -> None:
    smile = with_teeth(portrait, portrait_mesh, layout, 0.4)
    texture = unwrap_photo(layout, smile, portrait_mesh).texture
    points = layout.uv * np.float32(ATLAS_SIZE) - np.float32(0.5)
    for height in (0.1, 0.3):
        columns, rows = np.rint(mouth_ring(points, layout, height, height)[14:17]).astype(int).T
        red, green = texture[rows, columns, 2], texture[rows, columns, 1]
        assert (red - green).min() > 35

from __future__ import annotations

import cv2
import numpy as np

from dlc.faces.landmarks.topology import VERTEX_COUNT
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.triangles import winding


def test_everything_lies_inside_the_atlas(layout: Layout) -> None:
    assert layout.uv.dtype == np.float32
    assert layout.uv.min() >= 0.0
    assert layout.uv.max() <= 1.0
    # Little of the atlas is wasted.
    assert np.ptp(layout.uv, axis=0).max() > 0.9
    assert 0.6 < layout.face_width < 1.0


def test_the_atlas_is_symmetric(layout: Layout) -> None:
    mesh = layout.uv[:VERTEX_COUNT]
    mirrored = mesh[layout.topology.mirror] * [-1, 1] + [1, 0]
    np.testing.assert_allclose(mesh, mirrored, atol=1e-4)


def test_no_triangle_is_flipped_or_empty(layout: Layout) -> None:
    areas = winding(layout.uv, layout.triangles)
    assert (np.sign(areas) == np.sign(areas[0])).all()
    assert np.abs(areas).min() > 1e-7


def test_the_triangles_cover_face_and_rim_once(layout: Layout) -> None:
    areas = np.abs(winding(layout.uv, layout.triangles)) / 2
    oval = layout.uv[layout.topology.face_oval]
    rim = layout.uv[VERTEX_COUNT:]
    face = cv2.contourArea(oval)
    np.testing.assert_allclose(areas[: layout.rim_start].sum(), face, rtol=1e-4)
    np.testing.assert_allclose(
        areas[layout.rim_start :].sum(), cv2.contourArea(rim) - face, rtol=1e-4
    )


def test_the_rim_surrounds_the_oval(layout: Layout) -> None:
    mesh = layout.with_rim(layout.mean_face)
    assert mesh.shape == (len(layout.uv), 3)
    np.testing.assert_array_equal(mesh[:VERTEX_COUNT], layout.mean_face)
    oval = mesh[layout.topology.face_oval, :2]
    for x, y in mesh[VERTEX_COUNT:, :2].tolist():
        assert cv2.pointPolygonTest(oval, (x, y), True) < -0.01


def test_with_rim_ignores_the_irises(layout: Layout) -> None:
    landmarks = np.concatenate([layout.mean_face, np.full((10, 3), 99, np.float32)])
    np.testing.assert_array_equal(layout.with_rim(landmarks), layout.with_rim(layout.mean_face))

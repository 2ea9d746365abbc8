"""The canonical atlas: a fixed, symmetric unwrapping of the face mesh in which textures are compared.

Every face is brought into this one layout, so that masks are constants, the same atlas pixel is the
same spot of anatomy in every photo and frame, and filters over time need no motion compensation.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from dlc.faces.topology import VERTEX_COUNT, Topology, load_topology
from dlc.model_store.builtin import builtin_model

# A rim of triangles around the face oval lets maps be interpolated across it.
_RIM_SCALE = 1.12
# The layout wraps the sides of the face around a cylinder whose axis lies this far (in face widths)
# behind the most distant vertex: seen from the front the cheeks are foreshortened, here they are not.
_AXIS_DEPTH = 0.5
_MARGIN = 0.02
# Radius, in face widths, below which the shape of the surface is ignored for its normals.
_COARSENESS = 0.06


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """The atlas in units of its own side, independent of resolution.

    Attributes:
        uv: float32 (N, 2), position of each mesh vertex and then of each rim vertex, 0 to 1.
        triangles: int32 (T, 3), the mesh, its filled eyes and mouth, and the rim.
        face_width: width of the face in the atlas, 0 to 1.
        mean_face: float32 (468, 3), the mean face's shape: frontal, one face width wide, y down, z away.
        topology: the face mesh this was laid out from.
    """

    uv: NDArray[np.float32]
    triangles: NDArray[np.int32]
    face_width: float
    mean_face: NDArray[np.float32]
    topology: Topology


@dataclass(frozen=True, slots=True, eq=False)
class Sampling:
    """Which mesh vertices make up each pixel of a square atlas.

    Attributes:
        size: side of the atlas in pixels.
        corners: int32 (size * size, 3), vertices of the triangle under each pixel.
        weights: float32 (size * size, 3), barycentric weights; all 0 where there is no triangle.
        inside: bool (size, size), where the face (not the rim) is.
    """

    size: int
    corners: NDArray[np.int32]
    weights: NDArray[np.float32]
    inside: NDArray[np.bool_]

    def spread(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Interpolate values of each vertex, float32 (N, D), over the atlas: (size, size, D)."""
        mixed = np.einsum("pcd,pc->pd", values[self.corners], self.weights)
        return mixed.reshape(self.size, self.size, -1)


def with_rim(points: NDArray[np.float32], oval: NDArray[np.int16]) -> NDArray[np.float32]:
    """Append the rim around the face oval to mesh vertices of shape (468 or more, D)."""
    ring = points[oval]
    center = ring.mean(axis=0)
    rim = center + (ring - center) * np.float32(_RIM_SCALE)
    return np.concatenate([points[:VERTEX_COUNT], rim])


@lru_cache(maxsize=1)
def load_layout() -> Layout:
    """Lay out the atlas from the shipped topology and mean face."""
    topology = load_topology()
    with np.load(builtin_model("mean_face.npz")) as arrays:
        mean_face = arrays["mean_face"]
    flat = with_rim(_unroll(mean_face), topology.face_oval)
    low, high = flat.min(axis=0), flat.max(axis=0)
    scale = (1.0 - 2 * _MARGIN) / float((high - low).max())
    uv = (flat - (low + high) / 2) * scale + 0.5
    triangles = [
        *topology.triangles.tolist(),
        *_fill(topology.left_eye),
        *_fill(topology.right_eye),
        *_fill(topology.inner_lips),
        *_rim_triangles(topology.face_oval),
    ]
    face = uv[topology.face_oval]
    return Layout(
        uv=uv.astype(np.float32),
        triangles=np.array(triangles, np.int32),
        face_width=float(np.ptp(face[:, 0])),
        mean_face=mean_face,
        topology=topology,
    )


@lru_cache(maxsize=8)
def sampling(size: int) -> Sampling:
    """Return which vertices make up each pixel of an atlas of `size` x `size` pixels."""
    layout = load_layout()
    ids = rasterize(layout.uv * size - 0.5, layout.triangles, (size, size))
    rim_start = len(layout.triangles) - 2 * len(layout.topology.face_oval)
    corners = layout.triangles[np.maximum(ids, 0)].reshape(-1, 3)
    rows, columns = np.mgrid[:size, :size]
    pixels = (np.stack([columns, rows], -1).reshape(-1, 2) + 0.5) / size
    weights = _barycentric(pixels, layout.uv[corners])
    weights[ids.ravel() < 0] = 0.0
    inside = (ids >= 0) & (ids < rim_start)
    return Sampling(size, corners, weights.astype(np.float32), inside)


def rasterize(
    points: NDArray[np.float32],
    triangles: NDArray[np.int32],
    shape: tuple[int, int],
    order: NDArray[np.intp] | None = None,
) -> NDArray[np.int32]:
    """Draw triangle numbers: int32 of `shape` (rows, columns), -1 where there is no triangle.

    Args:
        points: float32 (N, 2), x and y of the vertices in pixels.
        triangles: int32 (T, 3).
        shape: rows and columns of the result.
        order: the triangles to draw, later ones over earlier ones; all of them by default.
    """
    ids = np.full(shape, -1, np.int32)
    # Four fractional bits keep neighbors from tearing apart at low resolutions.
    corners = np.round(points[triangles] * 16.0).astype(np.int32)
    for number in range(len(triangles)) if order is None else order.tolist():
        cv2.fillConvexPoly(ids, corners[number], number, cv2.LINE_8, 4)
    return ids


def winding(points: NDArray[np.float32], triangles: NDArray[np.int32]) -> NDArray[np.float32]:
    """Return twice the signed area of triangles (T, 3) over points (N, 2 or more), seen from +z."""
    a, b, c = (points[triangles[:, i], :2] for i in range(3))
    area: NDArray[np.float32] = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (
        c[:, 0] - a[:, 0]
    )
    return area


def vertex_normals(points: NDArray[np.float32], layout: Layout) -> NDArray[np.float32]:
    """Return unit normals (N, 3) of a coarse version of the surface, -z towards the viewer.

    Coarse, because a nostril or a lip seen at a low angle is still seen.
    """
    flat = layout.uv / layout.face_width
    apart = ((flat[:, None] - flat[None]) ** 2).sum(axis=2)
    weights = np.exp(-apart / (2 * _COARSENESS**2))
    smooth = (weights / weights.sum(axis=1, keepdims=True)) @ points.astype(np.float64)
    corners = smooth[layout.triangles]
    outward = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    outward *= -np.sign(winding(layout.uv, layout.triangles))[:, None]
    outward /= np.maximum(np.linalg.norm(outward, axis=1, keepdims=True), 1e-12)
    normals = np.zeros_like(smooth)
    for corner in range(3):
        np.add.at(normals, layout.triangles[:, corner], outward)
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    return normals.astype(np.float32)


def _unroll(mean: NDArray[np.float32]) -> NDArray[np.float32]:
    """Unroll the mean face from a cylinder around the head's axis."""
    depth = mean[:, 2].max() + _AXIS_DEPTH - mean[:, 2]
    u = np.arctan2(mean[:, 0], depth) * np.median(depth)
    return np.stack([u, mean[:, 1]], axis=1).astype(np.float32)


def _fill(ring: NDArray[np.int16]) -> list[list[int]]:
    """Triangulate a ring, whose first vertex is a corner of the eye or mouth, as a zigzag."""
    vertices = ring.tolist()
    low, high = 1, len(vertices) - 1
    triangles = [[vertices[0], vertices[low], vertices[high]]]
    while low < high - 1:
        triangles.append([vertices[low], vertices[low + 1], vertices[high]])
        low += 1
        if low < high - 1:
            triangles.append([vertices[low], vertices[high - 1], vertices[high]])
            high -= 1
    return triangles


def _rim_triangles(oval: NDArray[np.int16]) -> list[list[int]]:
    """Join each edge of the face oval to the rim by two triangles."""
    count = len(oval)
    triangles = []
    for i, vertex in enumerate(oval.tolist()):
        j = (i + 1) % count
        triangles.append([vertex, int(oval[j]), VERTEX_COUNT + i])
        triangles.append([int(oval[j]), VERTEX_COUNT + j, VERTEX_COUNT + i])
    return triangles


def _barycentric(pixels: NDArray[np.float64], corners: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the barycentric weights (P, 3) of points (P, 2) in triangles (P, 3, 2)."""
    a, b, c = (corners[:, i].astype(np.float64) for i in range(3))
    ab, ac, ap = b - a, c - a, pixels - a
    area = ab[:, 0] * ac[:, 1] - ab[:, 1] * ac[:, 0]
    area = np.where(np.abs(area) < 1e-12, 1e-12, area)
    second = (ap[:, 0] * ac[:, 1] - ap[:, 1] * ac[:, 0]) / area
    third = (ab[:, 0] * ap[:, 1] - ab[:, 1] * ap[:, 0]) / area
    return np.stack([1.0 - second - third, second, third], axis=1)

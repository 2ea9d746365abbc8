"""The canonical atlas: a fixed, symmetric unwrapping of the face mesh.

Every face is mapped to this one layout. Masks are therefore constants, an atlas pixel is the same
anatomical spot in every photo and frame, and averaging over time needs no motion compensation.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from dlc.arrays import Floats, Indices, Points
from dlc.faces.landmarks.pose import load_mean_face
from dlc.faces.landmarks.topology import VERTEX_COUNT, Topology, load_topology
from dlc.swapping.mesh.triangles import triangulate_ring, winding

# A rim of triangles around the face oval lets maps be interpolated across it.
_RIM_SCALE = 1.12
# The sides of the face are unrolled from a cylinder whose axis lies this far (in face widths)
# behind the farthest vertex: cheeks are foreshortened in a camera, but not in the atlas.
_AXIS_DEPTH = 0.5
_MARGIN = 0.02
# Twice the area, in square face widths, below which a triangle counts as folded.
_SMALLEST = 3e-6
_UNFOLDING_STEP = 0.1
_UNFOLDING_ROUNDS = 100


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """The atlas in units of its own side, independent of resolution.

    Attributes:
        uv: float32 (N, 2), position of each mesh vertex and then of each rim vertex, 0 to 1.
        triangles: int32 (T, 3), the mesh, its filled eyes and mouth, then the rim.
        rim_start: index of the first triangle of the rim.
        face_width: width of the face in the atlas, 0 to 1.
        mean_face: float32 (468, 3), the average face: frontal, one face width wide, y down, z away
            from the viewer.
        topology: the face mesh that the atlas is made from.
    """

    uv: Floats
    triangles: Indices
    rim_start: int
    face_width: float
    mean_face: Floats
    topology: Topology

    def with_rim(self, points: Points) -> Floats:
        """Append the rim around the face oval to the mesh: (468 or more, D) becomes (N, D)."""
        return _with_rim(points, self.topology)


@lru_cache(maxsize=1)
def load_layout() -> Layout:
    """Lay out the atlas from the shipped topology and average face.

    Raises:
        ModelError: one of the files is missing.
    """
    topology, mean_face = load_topology(), load_mean_face()
    flat = _with_rim(_unfold(_unroll(mean_face), topology.triangles), topology)
    low, high = flat.min(axis=0), flat.max(axis=0)
    scale = (1.0 - 2 * _MARGIN) / float((high - low).max())
    uv = (flat - (low + high) / 2) * scale + 0.5
    mesh = [
        *topology.triangles.tolist(),
        *_filling(topology.left_eye.tolist()),
        *_filling(topology.right_eye.tolist()),
        *_filling(topology.inner_lips.tolist()),
    ]
    return Layout(
        uv=uv.astype(np.float32),
        triangles=np.array(mesh + _rim_triangles(topology.face_oval.tolist()), np.int32),
        rim_start=len(mesh),
        face_width=float(np.ptp(uv[topology.face_oval, 0])),
        mean_face=mean_face,
        topology=topology,
    )


def _with_rim(points: Points, topology: Topology) -> Floats:
    ring = points[topology.face_oval]
    center = ring.mean(axis=0)
    rim = center + (ring - center) * np.float32(_RIM_SCALE)
    return np.concatenate([points[:VERTEX_COUNT], rim])


def _unroll(mean: Floats) -> Floats:
    """Unroll the average face from a cylinder around the head's axis: (468, 3) becomes (468, 2)."""
    depth = mean[:, 2].max() + _AXIS_DEPTH - mean[:, 2]
    u = np.arctan2(mean[:, 0], depth) * np.median(depth)
    return np.stack([u, mean[:, 1]], axis=1).astype(np.float32)


def _unfold(points: Points, triangles: Indices) -> Floats:
    """Move vertices (468, 2) of folded triangles towards their neighbors until none is folded.

    The lips of the average face overlap a little in the corners of the mouth.
    """
    joined = np.zeros((len(points), len(points)), np.float32)
    for start in range(3):
        joined[triangles[:, start], triangles[:, start - 1]] = 1.0
    joined = np.maximum(joined, joined.T)
    joined /= joined.sum(axis=1, keepdims=True)
    unfolded = points.copy()
    for _ in range(_UNFOLDING_ROUNDS):
        folded = winding(unfolded, triangles) > -_SMALLEST
        if not folded.any():
            return unfolded
        moving = np.unique(triangles[folded])
        unfolded[moving] += _UNFOLDING_STEP * (joined[moving] @ unfolded - unfolded[moving])
    raise ValueError("the average face is folded too far to be laid out flat")


def _filling(ring: list[int]) -> list[list[int]]:
    """Fill a hole: its ring runs clockwise, but triangles are wound counterclockwise."""
    return triangulate_ring([ring[0], *ring[:0:-1]])


def _rim_triangles(oval: list[int]) -> list[list[int]]:
    """Join each edge of the face oval to the rim by two triangles."""
    count = len(oval)
    triangles = []
    for i, vertex in enumerate(oval):
        j = (i + 1) % count
        triangles.append([vertex, oval[j], VERTEX_COUNT + i])
        triangles.append([oval[j], VERTEX_COUNT + j, VERTEX_COUNT + i])
    return triangles

"""How squarely a camera sees each part of the face."""

from __future__ import annotations

import numpy as np

from dlc.arrays import Doubles, Floats, Points
from dlc.compositing.filters import blur, smoothstep
from dlc.faces.landmarks.pose import Pose
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.source.sampling import sampling
from dlc.swapping.mesh.triangles import winding

# Cosine of the angle between a surface's normal and the line of sight: below the first, trust
# nothing of the surface, above the second, all of it.
_FACING = (0.25, 0.55)
# Radius, in face widths, below which normals ignore the shape of the surface.
_COARSENESS = 0.06
# Smoothing radius of visibility, as a share of the atlas.
_SOFTNESS = 0.02


def mesh_facing(layout: Layout, points: Points, size: int) -> Floats:
    """Return the cosine between surface and line of sight, 0 where it turns away or ends, to 1.

    Args:
        layout: the atlas.
        points: float32 (N, 3), mesh with rim, pixels.
        size: side of the result (size, size) in pixels.
    """
    cosine = np.clip(-vertex_normals(points, layout)[:, 2:], 0.0, 1.0)
    pixels = sampling(layout, size)
    return blur(pixels.spread(cosine)[..., 0], size * _SOFTNESS) * pixels.inside


def visibility(facing: Floats) -> Floats:
    """Return 1 where a surface with these cosines is seen squarely, 0 where it turns away."""
    return smoothstep(facing, *_FACING)


class PoseFacing:
    """How squarely an average face is seen in a pose; fast enough for every frame."""

    def __init__(self, layout: Layout, size: int) -> None:
        """Prepare for an atlas of `size` x `size` pixels."""
        normals = vertex_normals(layout.with_rim(layout.mean_face), layout)
        self._normals = sampling(layout, size).spread(normals)

    def facing(self, pose: Pose) -> Floats:
        """Return the cosines (size, size) between a head in this pose and the line of sight."""
        facing: Floats = self._normals @ -pose.rotation[:, 2].astype(np.float32)
        return facing


def vertex_normals(points: Points, layout: Layout) -> Floats:
    """Return unit normals (N, 3) of a coarse version of the surface, -z towards the viewer.

    Coarse, because a nostril or a lip seen at a low angle is still seen.
    """
    smooth = _coarse(points, layout)
    corners = smooth[layout.triangles]
    outward = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    outward *= -np.sign(winding(layout.uv, layout.triangles))[:, None]
    normals = np.zeros_like(smooth)
    for corner in range(3):
        np.add.at(normals, layout.triangles[:, corner], _unit(outward))
    return _unit(normals).astype(np.float32)


def _coarse(points: Points, layout: Layout) -> Doubles:
    """Average each vertex over its neighborhood in the atlas."""
    flat = layout.uv / layout.face_width
    apart = ((flat[:, None] - flat[None]) ** 2).sum(axis=2)
    weights = np.exp(-apart / (2 * _COARSENESS**2))
    # BLAS splits matrix products this large among its threads, one per CPU. With a different number
    # of threads the result, and thus the frames, would not be identical to the bit.
    sums = np.einsum("ij,jk->ik", weights, points)
    smooth: Doubles = sums / weights.sum(axis=1, keepdims=True)
    return smooth


def _unit(vectors: Doubles) -> Doubles:
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Doubles = vectors / np.maximum(length, 1e-12)
    return unit

"""Spreads values of mesh vertices over the pixels of an atlas."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from dlc.arrays import Flags, Floats
from dlc.geometry import Box
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.triangles import barycentric, rasterize


@dataclass(frozen=True, slots=True, eq=False)
class Sampling:
    """Which vertices make up each pixel of a square atlas of S x S pixels.

    Attributes:
        size: the side S.
        corners: intp (3, S * S), vertices of the triangle under each pixel.
        weights: float32 (3, S * S), barycentric weights; all 0 if there is no triangle.
        inside: bool (S, S), whether it is the face (not the rim).
    """

    size: int
    corners: NDArray[np.intp]
    weights: Floats
    inside: Flags

    def spread(self, values: Floats) -> Floats:
        """Interpolate values of each vertex, float32 (N, D), over the atlas: (S, S, D)."""
        # "clip" is faster, as it need not check for bad indices first.
        mixed = np.take(values, self.corners, axis=0, mode="clip")
        spread: Floats = (mixed * self.weights[..., None]).sum(axis=0)
        return spread.reshape(self.size, self.size, -1)


def within(where: Floats, box: Box) -> Floats:
    """Return 1 where points (S, S, 2) lie inside a picture of the box's size, 0 elsewhere."""
    last = np.array([box.width - 1, box.height - 1], np.float32)
    inside: Flags = np.all((where >= 0) & (where <= last), axis=2)
    return inside.astype(np.float32)


# Photos are done before the first frame, and take an atlas of another size, of 9 MiB.
@lru_cache(maxsize=1)
def sampling(layout: Layout, size: int) -> Sampling:
    """Compute which vertices make up each pixel of a `size` x `size` atlas."""
    # Pixels on the oval belong to the face: it is drawn over the rim.
    order = [*range(layout.rim_start, len(layout.triangles)), *range(layout.rim_start)]
    numbers = rasterize(layout.uv * size - 0.5, layout.triangles, (size, size), order)
    corners = layout.triangles[np.maximum(numbers, 0)].reshape(-1, 3)
    rows, columns = np.mgrid[:size, :size]
    centers = (np.stack([columns, rows], axis=-1).reshape(-1, 2) + 0.5) / size
    weights = barycentric(centers, layout.uv[corners].astype(np.float64)).astype(np.float32)
    weights[numbers.ravel() < 0] = 0.0
    return Sampling(
        size=size,
        corners=np.ascontiguousarray(corners.T, np.intp),
        weights=np.ascontiguousarray(weights.T),
        inside=(numbers >= 0) & (numbers < layout.rim_start),
    )

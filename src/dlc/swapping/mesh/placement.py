"""Maps from a rectangle of the frame to the atlas and to the frame itself."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from dlc.arrays import Bytes, Floats, Points
from dlc.compositing.filters import resize, shrink, smoothstep
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.masks import fill_ring
from dlc.swapping.mesh.triangles import evaluate, linear_functions, rasterize, winding

# A region is divided into at most this many squares per side, for which triangles are looked up;
# the maps, which are piecewise linear and so free of detail, are then enlarged.
_GRID = 160
# Width of the soft edge as a share of the face's longer side.
_EDGE = 0.025


@dataclass(frozen=True, slots=True, eq=False)
class Placement:
    """Where each pixel of a region comes from.

    Attributes:
        atlas: float32 (h, w, 2), x and y in the atlas, arbitrary outside the face oval.
        origin: float32 (h, w, 2), where what is drawn here was before features moved, x and y in
            the region.
        inside: uint8 (h, w), 255 inside the face oval, 0 outside.
        edge: float32 (h, w), rises from 0 on the oval to 1 a little inside it, even where the head
            turns away and the atlas is seen edge-on.
    """

    atlas: Floats
    origin: Floats
    inside: Bytes
    edge: Floats


def place(
    layout: Layout, moved: Floats, original: Floats, shape: tuple[int, int], atlas_size: int
) -> Placement:
    """Compute where the pixels of a region come from.

    Args:
        layout: the atlas.
        moved: float32 (N, 3), where to draw each mesh and rim vertex, pixels of the region.
        original: float32 (N, 3), where the same vertices are in the picture.
        shape: rows and columns of the region.
        atlas_size: side of the atlas in pixels.
    """
    cells = _Cells.of(shape)
    atlas = layout.uv * atlas_size - 0.5
    maps = _interpolate(layout, cells, moved, np.concatenate([atlas, original[:, :2]], axis=1))
    oval = moved[layout.topology.face_oval, :2]
    return Placement(
        atlas=cells.enlarge(np.stack([maps[0], maps[1]], axis=-1)),
        origin=cells.enlarge(np.stack([maps[2], maps[3]], axis=-1)),
        inside=_strictly_inside(oval, shape),
        edge=cells.enlarge(_soft_edge(cells.locate(oval), cells.shape)),
    )


def locate_in_atlas(
    layout: Layout, mesh: Floats, shape: tuple[int, int], atlas_size: int
) -> Floats:
    """Return where in the atlas each pixel of a region is: float32 (h, w, 2), x and y.

    It is -1 outside the mesh.

    Args:
        layout: the atlas.
        mesh: float32 (N, 3), mesh and rim vertices, pixels of the region.
        shape: rows and columns of the region.
        atlas_size: side of the atlas in pixels.
    """
    cells = _Cells.of(shape)
    x, y = _interpolate(layout, cells, mesh, layout.uv * atlas_size - 0.5)
    return cells.enlarge(np.stack([x, y], axis=-1))


@dataclass(frozen=True, slots=True)
class _Cells:
    """The squares that a region is divided into, plus a border one square wide.

    The border allows interpolation up to the region's edge.

    Attributes:
        step: side of a square in pixels.
        region: rows and columns of the region in pixels.
    """

    step: int
    region: tuple[int, int]

    @classmethod
    def of(cls, region: tuple[int, int]) -> _Cells:
        """Divide a region of so many rows and columns."""
        return cls(-(-max(region) // _GRID), region)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of squares."""
        rows, columns = (-(-side // self.step) + 2 for side in self.region)
        return rows, columns

    def locate(self, points: Points) -> Floats:
        """Convert points from pixels of the region to squares."""
        located: Floats = (points + 0.5) / np.float32(self.step) + 0.5
        return located

    def enlarge(self, image: Floats) -> Floats:
        """Enlarge an image with one pixel per square to the region's resolution."""
        (rows, columns), (height, width) = self.shape, self.region
        full = resize(image, (columns * self.step, rows * self.step))
        return full[self.step : self.step + height, self.step : self.step + width]


def _interpolate(layout: Layout, cells: _Cells, mesh: Floats, values: Floats) -> Floats:
    """Interpolate values (N, D) of vertices over the mesh: (D, rows, columns) of the cells.

    They are -1 outside the mesh.
    """
    grid = cells.locate(mesh[:, :2])
    numbers = rasterize(
        grid, layout.triangles, cells.shape, _back_to_front(layout, grid, mesh[:, 2])
    )
    functions = linear_functions(grid[layout.triangles], values[layout.triangles])
    maps = evaluate(functions, numbers)
    maps[:, numbers < 0] = -1.0
    return maps


def _back_to_front(layout: Layout, points: Points, depth: Floats) -> list[int]:
    """Order the triangles for drawing: those facing away first, then from far to near."""
    turned_away = winding(points, layout.triangles) * winding(layout.uv, layout.triangles) <= 0
    far = depth[layout.triangles].mean(axis=1)
    order: list[int] = np.lexsort((-far, ~turned_away)).tolist()
    return order


def _filled(ring: Floats, shape: tuple[int, int], coverage: int) -> Bytes:
    """Return 255 on pixels that a ring covers by at least `coverage` of 255, 0 elsewhere."""
    mask = np.zeros(shape, np.uint8)
    fill_ring(mask, ring)
    return np.asarray(cv2.threshold(mask, coverage - 1, 255, cv2.THRESH_BINARY)[1], np.uint8)


def _strictly_inside(ring: Floats, shape: tuple[int, int]) -> Bytes:
    """Return 255 on the pixels whose centers lie inside a ring, 0 elsewhere."""
    # Drawing a polygon also fills pixels whose centers lie just outside, so its outermost pixels
    # are removed; a border of one pixel around the region shows which these are.
    rows, columns = shape
    mask = shrink(_filled(ring + 1, (rows + 2, columns + 2), 255), 1)
    return np.ascontiguousarray(mask[1:-1, 1:-1])


def _soft_edge(ring: Floats, shape: tuple[int, int]) -> Floats:
    inside = _filled(ring, shape, 128)
    depth = np.asarray(cv2.distanceTransform(inside, cv2.DIST_L2, 3), np.float32)
    # With nothing outside, the distance to it is infinite.
    return smoothstep(np.minimum(depth, max(shape)), 0.5, 0.5 + _EDGE * max(shape))

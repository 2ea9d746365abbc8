"""Triangles in the plane: drawing them, and fitting piecewise linear functions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

import cv2
import numpy as np

from dlc.arrays import Doubles, Floats, Indices, Points

Vectors = TypeVar("Vectors", Floats, Doubles)

# Four fractional bits per coordinate keep neighbors from tearing apart at low resolutions.
_BITS = 4
# Square pixels: across a triangle of no height, a value rises by at most 1.4 of its spread.
_DAMPING = 0.125


def rasterize(
    points: Points,
    triangles: Indices,
    shape: tuple[int, int],
    order: Iterable[int] | None = None,
) -> Indices:
    """Draw triangle numbers: int32 of `shape` (rows, columns), -1 for no triangle.

    Args:
        points: float32 (N, 2), x and y of the vertices in pixels.
        triangles: int32 (T, 3).
        shape: rows and columns of the result.
        order: the triangles to draw, later ones on top; all of them by default.
    """
    numbers = np.full(shape, -1, np.int32)
    corners = np.round(points[triangles] * float(1 << _BITS)).astype(np.int32)
    for number in range(len(triangles)) if order is None else order:
        cv2.fillConvexPoly(numbers, corners[number], number, cv2.LINE_8, _BITS)
    return numbers


def winding(points: Points, triangles: Indices) -> Floats:
    """Return twice the signed area of triangles (T, 3) over points (N, 2 or more), seen from +z."""
    a, b, c = (points[triangles[:, corner], :2] for corner in range(3))
    return _cross(b - a, c - a)


def barycentric(points: Doubles, corners: Doubles) -> Doubles:
    """Return the barycentric weights (P, 3) of points (P, 2) in triangles (P, 3, 2)."""
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    ab, ac, ap = b - a, c - a, points - a
    area = _cross(ab, ac)
    area[np.abs(area) < 1e-12] = 1e-12
    second, third = _cross(ap, ac) / area, _cross(ab, ap) / area
    return np.stack([1.0 - second - third, second, third], axis=1)


def linear_functions(corners: Floats, values: Floats) -> Floats:
    """Fit values at the corners of triangles by functions `p * x + q * y + r`.

    Triangles lower than a pixel get flatter functions than their corners imply: pixels drawn for
    them lie next to them, where a steep function could yield anything.

    Args:
        corners: float32 (T, 3, 2), pixels.
        values: float32 (T, 3, D).

    Returns:
        float32 (3, D, T): p, q and r.
    """
    a, at_a = corners[:, 0].T, values[:, 0].T
    ab, ac = corners[:, 1].T - a, corners[:, 2].T - a
    to_b, to_c = values[:, 1].T - at_a, values[:, 2].T - at_a
    # Least squares with Tikhonov damping, which is 0 for all but low triangles.
    damping = _DAMPING * np.maximum(0, 1 - _height(ab, ac) ** 2)
    xx, xy, yy = ab[0] ** 2 + ac[0] ** 2, ab[0] * ab[1] + ac[0] * ac[1], ab[1] ** 2 + ac[1] ** 2
    xx, yy = xx + damping, yy + damping
    x, y = ab[0] * to_b + ac[0] * to_c, ab[1] * to_b + ac[1] * to_c
    determinant = xx * yy - xy * xy
    p = (x * yy - y * xy) / determinant
    q = (y * xx - x * xy) / determinant
    center, mean = a + (ab + ac) / 3, at_a + (to_b + to_c) / 3
    return np.stack([p, q, mean - p * center[0] - q * center[1]])


def _height(ab: Floats, ac: Floats) -> Floats:
    """Return the smallest height of triangles with sides (2, T)."""
    squares = [x * x + y * y for x, y in (ab, ac, ac - ab)]
    longest = np.sqrt(np.maximum.reduce(squares))
    height: Floats = np.abs(ab[0] * ac[1] - ab[1] * ac[0]) / np.maximum(longest, 1e-6)
    return height


def evaluate(functions: Floats, numbers: Indices) -> Floats:
    """Evaluate linear functions (3, D, T) at each pixel of drawn triangle numbers (rows, columns).

    Returns:
        float32 (D, rows, columns), arbitrary outside the triangles.
    """
    rows, columns = numbers.shape
    x, y = np.arange(columns, dtype=np.float32), np.arange(rows, dtype=np.float32)[:, None]
    # "clip" is faster, as it need not check for bad indices first.
    p, q, r = np.take(functions, numbers, axis=2, mode="clip")
    evaluated: Floats = p * x + q * y + r
    return evaluated


def triangulate_ring(ring: list[int]) -> list[list[int]]:
    """Fill a ring of vertices, starting at a corner of the eye or mouth, in a zigzag.

    The triangles are wound like the ring.
    """
    low, high = 1, len(ring) - 1
    triangles = [[ring[0], ring[low], ring[high]]]
    while low < high - 1:
        triangles.append([ring[low], ring[low + 1], ring[high]])
        low += 1
        if low < high - 1:
            triangles.append([ring[low], ring[high - 1], ring[high]])
            high -= 1
    return triangles


def _cross(a: Vectors, b: Vectors) -> Vectors:
    return a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]

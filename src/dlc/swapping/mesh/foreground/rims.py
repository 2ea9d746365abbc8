"""Follows the rims of glasses around both eyes of an atlas image."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from dlc.arrays import Floats
from dlc.compositing.filters import sample, smoothstep
from dlc.swapping.mesh.foreground.line_grid import LineGrid, best_path, certainty, off_path, on_path
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.masks import (
    LEFT_BROW,
    RIGHT_BROW,
    away_from_midline,
    depth_inside,
    height_above_eyes,
    rings_mask,
)

# Samples around an eye; and distance between those outwards, in face widths.
_ANGLES, _SPACING = 128, 0.0046
# Semi-axes of the ellipse that samples fill, in face widths; the shares of these between which they
# lie; and how far lenses hang below the eyes.
_HALF_AXES, _REACH, _HANG = (0.23, 0.21), (0.25, 1.35), 0.03
# Columns by which a path moves from one angle to the next: lenses have corners.
_FURTHEST = 2
# Line widths to search for, as the sigmas of blurs in samples: bags under the eyes are broader.
_SIGMAS = (0.5,)
# Face widths from the midline over which lines turn from the nose's into the rim's.
_SIDES = (0.01, 0.02)
# What a line counts on a brow, and on upper lids.
_ON_BROW, _ON_LIDS = 0.35, 0.5
# Weight of the other rim's mirror image; and how far it may be off, in samples: faces are not
# symmetric, and glasses slip.
_MIRRORED, _SLIPPED = 0.5, 3
# The share from which rims lie below the eyes: folds below the lids are closer.
_LEAST_BELOW = 0.35
# What a light line's contrast counts above the eyes: skin between a dark rim and a brow is one.
_LIGHT_ABOVE = 0.3
# Contrast from which something below the eyes may be part of a rim, and is, if there certainly are
# glasses; half rims are fainter there.
_FAINT = (0.006, 0.03)
# The angles surely below the eyes.
_BELOW = slice(_ANGLES // 32, _ANGLES // 2 - _ANGLES // 32)


@dataclass(frozen=True, slots=True, eq=False)
class Rims:
    """Lines around both eyes.

    Attributes:
        samples: float32 (2, rows, columns), luma around the left and the right eye in the image.
        contrast: float32 (2, rows, columns), that of the lines there, from `LineGrid`.
    """

    samples: Floats
    contrast: Floats


class RimFinder:
    """Finds rims in atlas images of one size."""

    def __init__(self, layout: Layout, size: int) -> None:
        """Prepare the places to search in atlas images (size, size)."""
        zone = _rim_zone(layout, size)
        left, right = layout.topology.left_eye, layout.topology.right_eye
        self._grids = [
            _ring(layout, size, zone, eye.tolist(), outwards)
            for eye, outwards in ((left, -1), (right, 1))
        ]
        self._zone = np.stack([grid.zone for grid in self._grids])

    def look(self, luma: Floats) -> Rims:
        """Look for lines in an image float32 (size, size)."""
        seen = (grid.contrast(luma) for grid in self._grids)
        samples, contrast = (np.stack(each) for each in zip(*seen, strict=True))
        return Rims(samples, contrast)

    def evidence(self, rims: Rims) -> float:
        """Return how certainly there are rims: about 1, or 0 or less if there certainly are none.

        Rims are lines all around below the eyes, and there is no other like them; wrinkles come in
        numbers.
        """
        lines = (certainty(rims.contrast) * self._zone)[:, _BELOW]
        paths = best_path(_supported(lines), _FURTHEST)
        shares = on_path(lines, paths).mean(axis=1)
        others = off_path(lines, paths)
        second = on_path(others, best_path(others, _FURTHEST))
        return float((shares.min() + shares.mean()) / 2 - second.mean())

    def matte(self, rims: Rims, usual: Floats) -> Floats:
        """Return how far each pixel is part of the rims: float32 (size, size), 0 to 1.

        Args:
            rims: what an image shows.
            usual: float32 (2, rows, columns), mean of `Rims.contrast` over time: wrinkles come and
                go, while rims stay.
        """
        contrast: Floats = (rims.contrast + usual) * np.float32(0.5)
        faint = smoothstep(contrast, *_FAINT) * self._zone
        lines = certainty(contrast) * self._zone
        lines[:, : _ANGLES // 2] = faint[:, : _ANGLES // 2]
        # Extend the closed paths by a quarter turn at both ends, so that they meet.
        around = _ANGLES // 4
        turns = np.pad(_supported(lines), ((0, 0), (around, around), (0, 0)), mode="wrap")
        paths = best_path(turns, _FURTHEST)[:, around : around + _ANGLES]
        certain = on_path(faint, paths)
        mattes = [
            grid.matte(*each)
            for grid, *each in zip(self._grids, rims.samples, paths, certain, strict=True)
        ]
        return np.maximum(*mattes)


def _supported(lines: Floats) -> Floats:
    """Add to what is certain of each rim (2, rows, columns) what the other's mirror image shows."""
    kernel = np.ones((1, 2 * _SLIPPED + 1), np.uint8)
    mirrored = np.stack([cv2.dilate(other, kernel) for other in lines[::-1]])
    supported: Floats = lines + np.float32(_MIRRORED) * mirrored
    return supported


def _ring(layout: Layout, size: int, zone: Floats, eye: list[int], outwards: int) -> LineGrid:
    """Return samples around an eye: rows run from the temple downwards, columns outwards."""
    unit = size * layout.face_width
    center = layout.uv[eye].mean(axis=0) * size - 0.5 + np.array([0, _HANG * unit])
    low, high = _REACH
    axes = np.array(_HALF_AXES) * (outwards, 1) * unit
    columns = round((high - low) * float(np.mean(_HALF_AXES)) / _SPACING)
    angle = np.arange(_ANGLES) * (2 * np.pi / _ANGLES)
    direction = np.stack([np.cos(angle), np.sin(angle)], axis=1)[:, None]
    where = (center + direction * np.linspace(low, high, columns)[:, None] * axes).astype(
        np.float32
    )
    x, y = np.meshgrid(*((np.arange(size) - center[:, None]) / axes[:, None]))
    column = (np.hypot(x, y) - low) * ((columns - 1) / (high - low))
    row = np.arctan2(y, x) % (2 * np.pi) * (_ANGLES / (2 * np.pi))
    back = np.stack([column, row], axis=2).astype(np.float32)
    above = np.arange(_ANGLES)[:, None] > _ANGLES // 2
    near = np.linspace(low, high, columns) < _LEAST_BELOW
    inside = sample(zone, where) * (above | ~near)
    light = np.broadcast_to(np.where(above, _LIGHT_ABOVE, 1), where.shape[:2]).astype(np.float32)
    return LineGrid(where, inside, light, back, is_closed=True, sigmas=_SIGMAS)


def _rim_zone(layout: Layout, size: int) -> Floats:
    """Weight where rims are: on the face, seldom on brows and lids, on their side of the nose."""
    eyes = [layout.topology.left_eye.tolist(), layout.topology.right_eye.tolist()]
    zone = smoothstep(depth_inside(layout, size), 0.0, 0.02)
    zone = zone * smoothstep(away_from_midline(layout, size), *_SIDES)
    brows = rings_mask(layout, size, [LEFT_BROW, RIGHT_BROW], reach=0.01)
    zone = zone * (1 - (1 - _ON_BROW) * brows)
    above = height_above_eyes(layout, size) > 0
    lids = rings_mask(layout, size, eyes, reach=0.02) * np.where(above, 1 - _ON_LIDS, 1)
    seen = 1 - np.maximum(lids, rings_mask(layout, size, eyes))
    return np.asarray(zone * seen, np.float32)

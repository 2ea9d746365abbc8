"""Cuts a patch along the four sides of the face, and softens its rim."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from dlc.arrays import Floats
from dlc.compositing.filters import smoothstep
from dlc.compositing.opacity import faded
from dlc.compositing.patch import Patch
from dlc.compositing.rim import rim_distance


@dataclass(frozen=True, slots=True)
class Padding:
    """How much to cut off a face's sides, as shares of its height or width, 0 to 1."""

    top: float = 0.0
    right: float = 0.0
    bottom: float = 0.0
    left: float = 0.0

    @property
    def sides(self) -> tuple[float, float, float, float]:
        """Top, right, bottom and left."""
        return self.top, self.right, self.bottom, self.left


def padded(patch: Patch, padding: Padding, angle: float, feather: float) -> Patch:
    """Return a patch with the sides of the face cut off.

    Args:
        patch: the new face; its alpha must not be 0 everywhere.
        padding: how much to cut off.
        angle: angle of the face in the picture, from its left to its right eye, in radians.
        feather: the width of the fade from the cut, as a share of the face's larger side.
    """
    across, down = _turned_grid(patch.alpha.shape, angle)
    covered = patch.alpha > 0
    (left, right), (top, bottom) = (
        (float(axis[covered].min()), float(axis[covered].max()) + 1) for axis in (across, down)
    )
    width, height = right - left, bottom - top
    softness = max(feather * max(width, height), 1.0)
    depths = (
        (padding.top, down - top - padding.top * height),
        (padding.right, right - padding.right * width - across),
        (padding.bottom, bottom - padding.bottom * height - down),
        (padding.left, across - left - padding.left * width),
    )
    opacity = np.ones(patch.alpha.shape, np.float32)
    for share, depth in depths:
        if share > 0:
            opacity *= smoothstep(depth, 0.0, softness)
    return faded(patch, opacity)


def feathered(patch: Patch, feather: float) -> Patch:
    """Return a patch that fades in from its rim.

    Args:
        patch: the new face.
        feather: the width of the fade, as a share of the patch's longer side.
    """
    softness = max(feather * max(patch.alpha.shape), 1.0)
    return faded(patch, smoothstep(rim_distance(patch.alpha), 0.0, softness))


def _turned_grid(shape: tuple[int, ...], angle: float) -> tuple[Floats, Floats]:
    """Return each pixel's place along a face's width and along its height, in pixels."""
    rows, columns = np.ogrid[: shape[0], : shape[1]]
    x, y = columns.astype(np.float32), rows.astype(np.float32)
    cosine, sine = np.float32(math.cos(angle)), np.float32(math.sin(angle))
    return x * cosine + y * sine, y * cosine - x * sine

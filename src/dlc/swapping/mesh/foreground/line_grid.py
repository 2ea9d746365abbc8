"""Follows lines through an atlas image, along rows of samples placed where they are expected."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from dlc.arrays import Floats
from dlc.compositing.filters import blur, sample, smoothstep

# Contrast of a line to both its sides, as a share of the luma around it: where it may be a line,
# and where it certainly is; and the sigma of "around", in samples.
_LINE = (0.02, 0.05)
_AROUND = 8.0
# Line widths to search for, as the sigmas of blurs in samples.
_SIGMAS = (1.0, 2.0)
# Weight of a light line's contrast compared to a dark one's, once both are certain.
_LIGHT = 0.5
# Gray levels; contrast in anything darker is noise.
_DARK = 8.0
# Cost of a sideways step of a path, in certain samples.
_STEP = 0.1
# A rim is no wider than this to either side of its middle, in samples.
_WIDEST = 4
# Softness of a rim's edges, in samples.
_SOFTNESS = 0.7
# Contrast to its sides from which a sample near a rim's middle may be, and is, part of it.
_PART = (0.06, 0.15)
# Average certainty around a point of a rim from which the rim begins to be kept there, and is kept
# fully; and the sigma of that average, in samples.
_SURE, _NEARBY = (0.15, 0.45), 3.0

_Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class LineGrid:
    """Samples of an atlas image (S, S), in rows that a part of the glasses crosses in turn.

    Attributes:
        where: float32 (rows, columns, 2), their positions in the image.
        zone: float32 (rows, columns), how much a line counts there, 0 to 1.
        back: float32 (S, S, 2), where each pixel of the image lies among the samples.
        is_closed: whether the first row is next to the last.
    """

    where: Floats
    zone: Floats
    back: Floats
    is_closed: bool

    def lines(self, luma: Floats) -> tuple[Floats, Floats]:
        """Return the samples of an image (S, S), and how much each is on a line.

        That is 0 off lines, 1 where it certainly is on one, and up to 2 for stronger lines; less
        for a light line, since skin between a dark rim and lashes or a brow is one.
        """
        samples = sample(luma, self.where)
        around = np.maximum(blur(samples, _AROUND), _DARK)
        light, dark = (
            np.maximum.reduce([_contrast(sign * samples, sigma) for sigma in _SIGMAS]) / around
            for sign in (1, -1)
        )
        strength = 1 + np.clip(np.maximum(light * _LIGHT, dark), 0, 1)
        return samples, smoothstep(np.maximum(light, dark), *_LINE) * self.zone * strength

    def follow(self, luma: Floats) -> tuple[Floats, Floats]:
        """Return how certain the best path (rows,) is, and how much of it each pixel is (S, S)."""
        samples, lines = self.lines(luma)
        rows = len(lines)
        # Extend a closed path by a quarter turn at both ends, so that they meet.
        around = rows // 4 if self.is_closed else 0
        turns = np.pad(lines, ((around, around), (0, 0)), mode="wrap")
        path = best_path(turns)[around : around + rows]
        certain = np.minimum(lines[np.arange(rows), path], 1)
        sure = blur(np.pad(certain, around, mode="wrap")[:, None], _NEARBY)[around : around + rows]
        part = _part(samples, path) * smoothstep(sure, *_SURE)
        if self.is_closed:
            part = np.concatenate([part, part[:1]])
        return certain, sample(part, self.back, border=cv2.BORDER_CONSTANT)


def best_path(lines: Floats) -> _Indices:
    """Return the columns (rows,) of the path with the most lines (rows, columns).

    A path moves from row to row, to the same column or an adjacent one.
    """
    sums, origins = lines[0], []
    straight = np.arange(lines.shape[1])
    for row in lines[1:]:
        padded = np.pad(sums - np.float32(_STEP), 1, constant_values=-np.inf)
        before, after = padded[:-2], padded[2:]
        aside = np.maximum(before, after)
        step = np.where(after > before, 1, -1)
        origins.append(np.where(sums >= aside, straight, straight + step))
        sums = np.maximum(sums, aside) + row
    path = [int(sums.argmax())]
    for origin in reversed(origins):
        path.append(int(origin[path[-1]]))
    return np.array(path[::-1])


def _contrast(samples: Floats, sigma: float) -> Floats:
    """Return how many gray levels each sample is lighter than both its sides in its row."""
    smooth = blur(samples, sigma)
    away = round(2 * sigma)
    padded = cv2.copyMakeBorder(smooth, 0, 0, away, away, cv2.BORDER_REPLICATE)
    return smooth - np.maximum(padded[:, : -2 * away], padded[:, 2 * away :])


def _part(samples: Floats, path: _Indices) -> Floats:
    """Return how far each sample (rows, columns) is part of the line under a path (rows,), 0 to 1.

    The line is as wide as what differs from both its sides.
    """
    rows, away = np.arange(len(path))[:, None], np.arange(-_WIDEST, _WIDEST + 1)
    columns = np.clip(path[:, None] + away, 0, samples.shape[1] - 1)
    near = samples[rows, columns]
    share = ((away + _WIDEST) / (2 * _WIDEST)).astype(np.float32)
    sides = near[:, :1] * (1 - share) + near[:, -1:] * share
    part = smoothstep(np.abs(near - sides) / np.maximum(sides, _DARK), *_PART)
    part[:, _WIDEST - 1 : _WIDEST + 2] = 1.0
    whole = np.zeros_like(samples)
    whole[rows, columns] = part
    return blur(whole, _SOFTNESS)

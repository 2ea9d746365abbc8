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
_LINE, _AROUND = (0.02, 0.06), 11.0
# What a broad line's contrast counts: bags under the eyes are broad, too, but stand out less.
_BROAD_DARK, _BROAD_LIGHT = 0.18, 0.28
# Sigma of the blur that shows a broad line, and of the one along lines against noise, in samples.
_BROAD, _ALONG = 2.2, 0.8
# Least distance from a line's middle to its sides, in samples.
_AWAY = 2
# Gray levels; contrast in anything darker is noise.
_DARK = 8.0
# Cost of a path's step to an adjacent column, in certain samples.
_STEP = 0.06
# A rim is no wider than this to either side of its middle, in samples.
_WIDEST = 5
# Samples to either side of a path that belong to the same line.
_SAME = 5
# Softness of a rim's edges, in samples.
_SOFTNESS = 1.0
# Contrast to its sides from which a sample near a rim's middle may be, and is, part of it.
_PART = (0.06, 0.15)
# Average certainty around a point of a line from which the line begins to be kept there, and is
# kept fully; and the sigma of that average, in samples.
_SURE, _NEARBY = (0.15, 0.45), 4.0

_Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class LineGrid:
    """Samples of an atlas image (S, S), in rows that a part of the glasses crosses in turn.

    Attributes:
        where: float32 (rows, columns, 2), their positions in the image.
        zone: float32 (rows, columns), how much a line counts there, 0 to 1.
        light: float32 (rows, columns), how much a light line's contrast counts there, 0 to 1.
        back: float32 (S, S, 2), where each pixel of the image lies among the samples.
        is_closed: whether the first row is next to the last.
        sigmas: line widths to search for, as blurs in samples; broad ones count less.
    """

    where: Floats
    zone: Floats
    light: Floats
    back: Floats
    is_closed: bool
    sigmas: tuple[float, ...]

    def contrast(self, luma: Floats) -> tuple[Floats, Floats]:
        """Return the samples of an image (S, S), and the contrast of the lines that they are on.

        That is 0 or less off lines, and a share of the luma around on a line.
        """
        samples = sample(luma, self.where)
        calm = np.asarray(cv2.GaussianBlur(samples, (1, 5), 0, sigmaY=_ALONG), np.float32)
        dark, light = (
            np.maximum.reduce(
                [_contrast(sign * calm, _BROAD) * np.float32(broad)]
                + [_contrast(sign * calm, sigma) for sigma in self.sigmas]
            )
            for sign, broad in ((-1, _BROAD_DARK), (1, _BROAD_LIGHT))
        )
        around = np.maximum(blur(samples, _AROUND), _DARK)
        return samples, np.asarray(np.maximum(dark, light * self.light) / around, np.float32)

    def follow(self, luma: Floats) -> Floats:
        """Return how far each pixel of an image (S, S) is part of the best path, 0 to 1."""
        samples, contrast = self.contrast(luma)
        lines = certainty(contrast) * self.zone
        path = best_path(lines)
        return self.matte(samples, path, on_path(lines, path))

    def matte(self, samples: Floats, path: _Indices, certain: Floats) -> Floats:
        """Return how far each pixel (S, S) is part of the line under a path (rows,), 0 to 1.

        Args:
            samples: float32 (rows, columns), from `contrast`.
            path: columns (rows,).
            certain: float32 (rows,), 0 to 1, how certain the line is.
        """
        rows = len(path)
        # Extend a closed path at both ends, so that they meet.
        around = rows // 4 if self.is_closed else 0
        turns = np.pad(certain, around, mode="wrap")[:, None]
        sure = smoothstep(blur(turns, _NEARBY)[around : around + rows], *_SURE)
        part = _part(samples, path) * sure
        if self.is_closed:
            part = np.concatenate([part, part[:1]])
        return sample(part, self.back, border=cv2.BORDER_CONSTANT)


def certainty(contrast: Floats) -> Floats:
    """Return how certainly something of a contrast, from `LineGrid`, is a line, 0 to 1."""
    return smoothstep(contrast, *_LINE)


def best_path(lines: Floats, furthest: int = 1) -> _Indices:
    """Return the columns (..., rows) of the paths with the most lines (..., rows, columns).

    A path moves from row to row, by at most `furthest` columns.
    """
    sums = np.full((*lines.shape[:-1], lines.shape[-1] + 2 * furthest), -np.inf, np.float32)
    inner = sums[..., furthest:-furthest]
    inner[..., 0, :] = lines[..., 0, :]
    for row in range(1, lines.shape[-2]):
        best = inner[..., row - 1, :]
        for step in range(1, furthest + 1):
            left = sums[..., row - 1, furthest - step : -furthest - step]
            right = sums[..., row - 1, furthest + step : sums.shape[-1] - furthest + step]
            best = np.maximum(best, np.maximum(left, right) - np.float32(step * _STEP))
        np.add(best, lines[..., row, :], out=inner[..., row, :])
    paths = [_retrace(each, furthest) for each in sums.reshape(-1, *sums.shape[-2:])]
    return np.array(paths).reshape(lines.shape[:-1])


def on_path(lines: Floats, path: _Indices) -> Floats:
    """Return the values (..., rows) of lines (..., rows, columns) along paths (..., rows)."""
    return np.asarray(np.take_along_axis(lines, path[..., None], axis=-1)[..., 0], np.float32)


def off_path(lines: Floats, path: _Indices) -> Floats:
    """Return lines (..., rows, columns), but 0 on and near paths (..., rows)."""
    away = np.abs(np.arange(lines.shape[-1]) - path[..., None])
    return np.where(away > _SAME, lines, np.float32(0))


def _retrace(sums: Floats, furthest: int) -> _Indices:
    """Return the columns (rows,) of the path to the largest of the last sums.

    Args:
        sums: float32 (rows, columns + 2 * furthest), those of the best paths to each sample.
        furthest: width of the margin without samples.
    """
    costs = np.abs(np.arange(-furthest, furthest + 1)) * np.float32(_STEP)
    path = np.empty(len(sums), np.intp)
    path[-1] = column = int(sums[-1].argmax()) - furthest
    for row in range(len(sums) - 2, -1, -1):
        before = sums[row, column : column + 2 * furthest + 1] - costs
        column += int(before.argmax()) - furthest
        path[row] = column
    return path


def _contrast(samples: Floats, sigma: float) -> Floats:
    """Return how many gray levels each sample is lighter than both its sides in its row."""
    smooth = blur(samples, sigma)
    away = max(round(2 * sigma), _AWAY)
    padded = cv2.copyMakeBorder(smooth, 0, 0, away, away, cv2.BORDER_REPLICATE)
    return smooth - np.maximum(padded[:, : -2 * away], padded[:, 2 * away :])


def _part(samples: Floats, path: _Indices) -> Floats:
    """Return how far each sample (rows, columns) is part of the line under a path (rows,), 0 to 1.

    The line is as wide as what differs from both its sides as its middle does.
    """
    rows, away = np.arange(len(path))[:, None], np.arange(-_WIDEST, _WIDEST + 1)
    columns = np.clip(path[:, None] + away, 0, samples.shape[1] - 1)
    near = samples[rows, columns]
    share = ((away + _WIDEST) / (2 * _WIDEST)).astype(np.float32)
    sides = near[:, :1] * (1 - share) + near[:, -1:] * share
    stands_out = (near - sides) / np.maximum(sides, _DARK)
    around = near[:, [0, _WIDEST - _AWAY, _WIDEST + _AWAY, -1]].mean(axis=1)
    sign = np.where(near[:, _WIDEST] < around, np.float32(-1), np.float32(1))
    part = smoothstep(sign[:, None] * stands_out, *_PART)
    part[:, _WIDEST - 1 : _WIDEST + 2] = 1.0
    whole = np.zeros_like(samples)
    whole[rows, columns] = part
    return blur(whole, _SOFTNESS)

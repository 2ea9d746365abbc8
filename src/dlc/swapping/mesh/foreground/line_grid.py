"""Lines followed through an atlas image, row by row of samples laid where they are expected."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from dlc.compositing.arrays import Floats
from dlc.compositing.filters import blur, sample, smoothstep

# Contrast of a line to both its sides, as a share of the luma around it: from where it may be one
# to where it certainly is; and the sigma, in samples, of what is around.
_LINE = (0.02, 0.05)
_AROUND = 8.0
# Widths over which lines are looked for, as the sigmas of blurs in samples.
_SIGMAS = (1.0, 2.0)
# What a light line's contrast is worth beside a dark one's, once both are certain.
_LIGHT = 0.5
# Gray levels; in what is darker a contrast is noise.
_DARK = 8.0
# What a step to the side costs a path, in certain samples.
_STEP = 0.1
# A rim is no wider than this to either side of its middle, in samples.
_WIDEST = 4
# Softness of its edges, in samples.
_SOFTNESS = 0.7
# Contrast to its sides from which a sample near the middle of a rim may be part of it, and is.
_PART = (0.06, 0.15)
# Certainty of a rim on average around a place of it from which it is kept there, and kept whole;
# and the sigma in samples of that average.
_SURE, _NEARBY = (0.15, 0.45), 3.0

_Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class LineGrid:
    """Samples of an atlas image (S, S), in rows that a part of the glasses crosses one by one.

    Attributes:
        where: float32 (rows, columns, 2), their places in the image.
        zone: float32 (rows, columns), how far a line there counts, 0 to 1.
        back: float32 (S, S, 2), where each pixel of the image lies among the samples.
        is_closed: whether the first row is next to the last.
    """

    where: Floats
    zone: Floats
    back: Floats
    is_closed: bool

    def lines(self, luma: Floats) -> tuple[Floats, Floats]:
        """Return the samples of an image (S, S), and how much each is on a line.

        That is 0 where it is not, 1 where it certainly is, and up to 2 the stronger the line is;
        less for a light one, as between a dark rim and lashes or a brow skin is a light line.
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
        """Return how certain the best path (rows,) is, and what is part of it (S, S): 0 to 1."""
        samples, lines = self.lines(luma)
        rows = len(lines)
        # A quarter of a round goes before a closed path and after it, so that its ends meet.
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

    A path goes from row to row, to the same column or one next to it.
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
    """Return by how many gray levels each sample is lighter than both its sides in its row."""
    smooth = blur(samples, sigma)
    away = round(2 * sigma)
    padded = cv2.copyMakeBorder(smooth, 0, 0, away, away, cv2.BORDER_REPLICATE)
    return smooth - np.maximum(padded[:, : -2 * away], padded[:, 2 * away :])


def _part(samples: Floats, path: _Indices) -> Floats:
    """Return how far each sample (rows, columns) is part of what a path (rows,) follows: 0 to 1.

    It is as wide as what differs from both its sides.
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

"""How much boxes cover each other."""

from __future__ import annotations

import numpy as np

from dlc.arrays import Floats


def overlap(a: Floats, b: Floats) -> float:
    """Return intersection over union of two boxes (4,): left, top, right, bottom."""
    return float(overlaps(a, b[None])[0][0])


def share_inside(a: Floats, b: Floats) -> float:
    """Return the share of box `a` that lies inside box `b`, both as for `overlap`."""
    return float(overlaps(b, a[None])[1][0])


def overlaps(box: Floats, boxes: Floats) -> tuple[Floats, Floats]:
    """Return how much a box (4,) covers others (n, 4), as shares of the union and of each: (n,)."""
    low, high = np.maximum(box[:2], boxes[:, :2]), np.minimum(box[2:], boxes[:, 2:])
    common = np.prod(np.maximum(high - low, 0), axis=1)
    areas = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
    union = np.prod(box[2:] - box[:2]) + areas - common
    return common / np.maximum(union, 1e-6), common / np.maximum(areas, 1e-6)

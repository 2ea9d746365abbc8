"""How much two faces cover each other."""

from __future__ import annotations

import numpy as np

from dlc.arrays import Floats


def overlap(a: Floats, b: Floats) -> float:
    """Return intersection over union of two boxes (4,): left, top, right, bottom."""
    common = _common(a, b)
    return common / max(_area(a) + _area(b) - common, 1e-6)


def share_inside(a: Floats, b: Floats) -> float:
    """Return the share of box `a` that lies inside box `b`, both as for `overlap`."""
    return _common(a, b) / max(_area(a), 1e-6)


def _common(a: Floats, b: Floats) -> float:
    low, high = np.maximum(a[:2], b[:2]), np.minimum(a[2:], b[2:])
    return float(np.prod(np.maximum(high - low, 0)))


def _area(box: Floats) -> float:
    return float(np.prod(box[2:] - box[:2]))

"""How much two faces cover each other."""

from __future__ import annotations

import numpy as np

from dlc.arrays import Floats


def overlap(a: Floats, b: Floats) -> float:
    """Return intersection over union of two boxes (4,): left, top, right, bottom."""
    low, high = np.maximum(a[:2], b[:2]), np.minimum(a[2:], b[2:])
    common = float(np.prod(np.maximum(high - low, 0)))
    both = float(np.prod(a[2:] - a[:2])) + float(np.prod(b[2:] - b[:2]))
    return common / max(both - common, 1e-6)

"""Merges what a detector found of the same thing more than once."""

from __future__ import annotations

import numpy as np

from dlc.arrays import Floats, Points
from dlc.faces.overlap import overlaps


def merge(
    points: Points, scores: Floats, *, same_iou: float, part_share: float = np.inf
) -> list[tuple[Points, float]]:
    """Average each thing's candidates, weighted by score: steadier than taking the best.

    Source: MediaPipe's non-maximum suppression of the kind WEIGHTED.

    Args:
        points: float32 (n, k, 2): the box's upper left and lower right corner, then any others.
        scores: float32 (n,).
        same_iou: candidates whose boxes overlap more than this are the same.
        part_share: a candidate with this share of its box inside a better one is part of that one,
            and left out.

    Returns:
        Points, float32 (k, 2), and score of each thing, best first.
    """
    order = np.argsort(-scores)
    points, scores = points[order], scores[order]
    merged = []
    while len(scores):
        boxes = points[:, :2].reshape(-1, 4)
        overlap, inside = overlaps(boxes[0], boxes)
        same = overlap > same_iou
        same[0] = True
        weights = scores[same, None, None]
        mean = (points[same] * weights).sum(axis=0) / weights.sum()
        merged.append((mean.astype(np.float32), float(scores[0])))
        rest = ~same & (inside < part_share)
        points, scores = points[rest], scores[rest]
    return merged

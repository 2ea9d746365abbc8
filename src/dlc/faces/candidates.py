"""Merges what a detector found of the same thing more than once."""

from __future__ import annotations

import numpy as np

from dlc.arrays import Floats, Points


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
        overlap, inside = _overlaps(points[0, :2], points[:, :2])
        same = overlap > same_iou
        same[0] = True
        weights = scores[same, None, None]
        mean = (points[same] * weights).sum(axis=0) / weights.sum()
        merged.append((mean.astype(np.float32), float(scores[0])))
        rest = ~same & (inside < part_share)
        points, scores = points[rest], scores[rest]
    return merged


def _overlaps(box: Floats, boxes: Floats) -> tuple[Floats, Floats]:
    """Return a box's (2, 2) overlap with boxes (n, 2, 2), as shares of the union and of each."""
    low, high = np.maximum(box[0], boxes[:, 0]), np.minimum(box[1], boxes[:, 1])
    common = np.prod(np.maximum(high - low, 0), axis=1)
    areas = np.prod(boxes[:, 1] - boxes[:, 0], axis=1)
    union = np.prod(box[1] - box[0]) + areas - common
    return common / np.maximum(union, 1e-6), common / np.maximum(areas, 1e-6)

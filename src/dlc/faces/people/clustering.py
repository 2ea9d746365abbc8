"""Groups the tracks of a video by person."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dlc.arrays import Embedding, Flags


def group_tracks(
    embeddings: Sequence[Embedding], apart: Flags, similarity: float
) -> list[list[int]]:
    """Join tracks that look alike, most similar first (average linkage).

    Args:
        embeddings: float32 vectors of unit length, one per track.
        apart: bool (tracks, tracks), symmetric: whether two tracks share a frame and so are
            different people.
        similarity: the mean cosine down to which two groups are joined.

    Returns:
        Track numbers of each person, in ascending order.
    """
    groups = [[number] for number in range(len(embeddings))]
    if not groups:
        return []
    rows = np.stack(embeddings)
    alike = (rows @ rows.T).astype(np.float64)
    sizes = np.ones(len(groups))
    barred = apart.copy()
    np.fill_diagonal(barred, val=True)
    while True:
        allowed = np.where(barred, -np.inf, alike)
        one, other = divmod(int(allowed.argmax()), len(groups))
        if allowed[one, other] < similarity:
            return sorted(sorted(group) for group in groups if group)
        # The mean over all pairs of two groups is the mean of their means, weighted by size.
        weights = sizes[[one, other]] / (sizes[one] + sizes[other])
        alike[one] = alike[:, one] = weights @ alike[[one, other]]
        sizes[one] += sizes[other]
        groups[one] += groups[other]
        groups[other] = []
        barred[one] |= barred[other]
        barred[:, one] = barred[one]
        barred[other] = barred[:, other] = True

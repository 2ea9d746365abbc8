"""Pairs things that belong together, each with one other at most."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dlc.arrays import Floats
from dlc.faces.overlap import overlap


def one_to_one(claims: Iterable[tuple[float, int, int]]) -> dict[int, int]:
    """Return the second number of every pair by its first; the strongest claim counts first.

    Args:
        claims: how well things suit each other, with the numbers of the one and of the other.
    """
    partners: dict[int, int] = {}
    for _, one, other in sorted(claims, reverse=True):
        if one not in partners and other not in partners.values():
            partners[one] = other
    return partners


def paired_boxes(boxes: Sequence[Floats], others: Sequence[Floats], least: float) -> dict[int, int]:
    """Pair the boxes (4,) of two lists by largest overlap, but none that overlap less than `least`.

    Returns:
        The place in `others` by that in `boxes`.
    """
    shares = (
        (overlap(box, other), number, place)
        for number, box in enumerate(boxes)
        for place, other in enumerate(others)
    )
    return one_to_one(claim for claim in shares if claim[0] >= least)

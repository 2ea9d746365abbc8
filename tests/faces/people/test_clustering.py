"""Tracks of one person are joined, and those seen side by side never are."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from dlc.faces.people.clustering import group_tracks


def people(who: list[int], spread: float = 0.02) -> list[NDArray[np.float32]]:
    generator = np.random.default_rng(0)
    rows = np.eye(32, dtype=np.float32)[who]
    rows = rows + generator.normal(0, spread, rows.shape).astype(np.float32)
    return list(rows / np.linalg.norm(rows, axis=1, keepdims=True))


def nowhere(count: int) -> NDArray[np.bool_]:
    return np.zeros((count, count), bool)


@given(st.lists(st.integers(0, 4), max_size=12))
def test_each_person_is_one_group(who: list[int]) -> None:
    groups = group_tracks(people(who), nowhere(len(who)), 0.35)
    expected = sorted(
        [number for number, each in enumerate(who) if each == person] for person in set(who)
    )
    assert groups == expected


def test_who_is_seen_together_is_never_one_person() -> None:
    apart = nowhere(3)
    apart[0, 1] = apart[1, 0] = True
    assert group_tracks(people([0, 0, 1]), apart, 0.35) == [[0], [1], [2]]


def test_nor_is_who_was_joined_with_one_of_them() -> None:
    looks = np.zeros((3, 8), np.float32)
    looks[:, 0] = 1
    looks[0, 1], looks[1, 1], looks[2, 1] = 0.0, 0.1, 0.5
    looks /= np.linalg.norm(looks, axis=1, keepdims=True)
    apart = nowhere(3)
    apart[1, 2] = apart[2, 1] = True
    assert group_tracks(list(looks), apart, 0.35) == [[0, 1], [2]]


def test_groups_are_compared_by_the_mean_of_all_their_pairs() -> None:
    angles = np.radians([0, 10, 75])
    looks = [np.array([np.cos(a), np.sin(a)], np.float32) for a in angles]
    mean = float(np.mean([looks[2] @ looks[0], looks[2] @ looks[1]]))
    assert group_tracks(looks, nowhere(3), mean + 0.01) == [[0, 1], [2]]
    assert group_tracks(looks, nowhere(3), mean - 0.01) == [[0, 1, 2]]

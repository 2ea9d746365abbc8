from __future__ import annotations

import numpy as np
import pytest

from dlc.arrays import Points
from dlc.faces.candidates import merge


def boxes(*corners: tuple[float, float, float, float]) -> Points:
    return np.array(corners, np.float32).reshape(-1, 2, 2)


def test_candidates_of_one_thing_are_averaged_by_score() -> None:
    points, scores = boxes((0, 0, 10, 10), (1, 1, 11, 11)), np.array([0.3, 0.9], np.float32)
    ((merged, score),) = merge(points, scores, same_iou=0.3)
    np.testing.assert_allclose(merged, [[0.75, 0.75], [10.75, 10.75]], rtol=1e-5)
    assert score == pytest.approx(0.9)


def test_things_apart_come_best_first() -> None:
    points, scores = boxes((0, 0, 9, 9), (50, 0, 59, 9)), np.array([0.6, 0.8], np.float32)
    assert [float(found[0, 0]) for found, _ in merge(points, scores, same_iou=0.3)] == [50, 0]


def test_a_part_of_something_better_is_left_out_if_asked_for() -> None:
    points, scores = boxes((0, 0, 40, 40), (5, 5, 15, 15)), np.array([0.9, 0.6], np.float32)
    assert len(merge(points, scores, same_iou=0.3)) == 2
    assert len(merge(points, scores, same_iou=0.3, part_share=0.7)) == 1


def test_nothing_gives_nothing() -> None:
    assert merge(boxes(), np.zeros(0, np.float32), same_iou=0.3) == []

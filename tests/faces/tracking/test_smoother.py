from __future__ import annotations

import numpy as np
import pytest

from dlc.faces.face import Face
from dlc.faces.tracking.smoother import FaceSmoother, smoothing_options

STEP = 1 / 30


def face(x: float, track_id: int = 0) -> Face:
    """Return a face of 100 pixels whose points lie around x."""
    points = np.full((5, 2), x, np.float32) + np.arange(10, dtype=np.float32).reshape(5, 2)
    box = np.array([x - 50, x - 60, x + 50, x + 60], np.float32)
    return Face(box, points, 0.9, track_id=track_id)


def trembling(strength: float) -> float:
    """Return how much of the trembling of a face at rest is left, 0 to 1."""
    noise = np.random.default_rng(0).normal(0, 1, 90)
    smoother = FaceSmoother(smoothing_options(strength))
    seen = [
        float(smoother.smooth([face(200 + each)], index * STEP)[0].points[0, 0])
        for index, each in enumerate(noise)
    ]
    return float(np.abs(np.diff(seen)).mean() / np.abs(np.diff(noise)).mean())


def lag(strength: float) -> float:
    """Return by how many pixels a face that moves by 10 pixels a frame is behind after a second."""
    smoother = FaceSmoother(smoothing_options(strength))
    for index in range(30):
        (seen,) = smoother.smooth([face(10.0 * index)], index * STEP)
    return 290 - float(seen.points[0, 0])


def test_more_strength_trembles_less_and_lags_more() -> None:
    strengths = (0.0, 0.25, 0.5, 0.75, 1.0)
    left = [trembling(strength) for strength in strengths]
    assert left[0] == pytest.approx(1, abs=1e-3)
    assert left == sorted(left, reverse=True)
    assert left[2] < 0.7
    behind = [lag(strength) for strength in strengths]
    assert behind[0] == pytest.approx(0, abs=1e-3)
    assert behind == sorted(behind)
    assert behind[2] < 5


def test_box_and_points_move_as_one_and_the_rest_stays() -> None:
    smoother = FaceSmoother(smoothing_options(0.8))
    smoother.smooth([face(100)], 0.0)
    found = face(103)
    (steady,) = smoother.smooth([found], STEP)
    assert 100 < steady.points[0, 0] < 103
    np.testing.assert_allclose(steady.points - steady.points[0], found.points - found.points[0])
    np.testing.assert_allclose(steady.box - found.box, steady.points[0, 0] - 103, atol=1e-3)
    assert steady.score == found.score
    assert steady.track_id == found.track_id


def test_tracks_are_smoothed_by_themselves_and_forgotten_with_their_end() -> None:
    smoother = FaceSmoother(smoothing_options(1.0))
    smoother.smooth([face(100, 1), face(300, 2)], 0.0)
    second, first = smoother.smooth([face(301, 2), face(101, 1)], STEP)
    assert 300 <= second.points[0, 0] < 301
    assert 100 <= first.points[0, 0] < 101
    smoother.smooth([face(302, 2)], 2 * STEP)
    (again,) = smoother.smooth([face(150, 1)], 3 * STEP)
    assert again.points[0, 0] == 150
    smoother.reset()
    (anew,) = smoother.smooth([face(400, 2)], 0.0)
    assert anew.points[0, 0] == 400

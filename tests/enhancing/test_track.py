from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from dlc.enhancing.detail import Detail
from dlc.enhancing.track import EnhancedTrack

HERE = np.array([0.0, 0.05])
DETAIL = Detail(np.zeros((8, 8, 3), np.int16), np.zeros((8, 8), np.uint8))


def moved(x: float, y: float) -> NDArray[np.float64]:
    return HERE + np.array([x, y])


@pytest.mark.parametrize("every", [1, 2, 4])
def test_the_model_runs_in_one_of_n_frames(every: int) -> None:
    track, runs = EnhancedTrack(), []
    for _ in range(9):
        detail = track.detail_for(HERE, every)
        runs.append(detail is None)
        if detail is None:
            track.keep(DETAIL, HERE)
    assert runs == [number % every == 0 for number in range(9)]


def test_detail_is_not_carried_on_to_a_head_that_has_turned() -> None:
    track = EnhancedTrack()
    track.keep(DETAIL, HERE)
    assert track.detail_for(moved(0.02, 0), 100) is DETAIL
    assert track.detail_for(moved(0.04, 0), 100) is None
    assert track.detail_for(moved(0, -0.04), 100) is None
    # Slow turns add up: what counts is the pose in which the model saw the face.
    track.keep(DETAIL, HERE)
    found = [track.detail_for(moved(step * 0.01, 0), 100) for step in range(1, 6)]
    assert [detail is None for detail in found] == [False, False, False, True, True]

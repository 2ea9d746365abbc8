"""Moments of a run: evenly spaced, few in memory, whatever the length."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dlc.workflows.batch.moments import Moment, MomentRecorder

NOTHING = np.zeros((1, 1, 3), np.uint8)


def recorded(frames: int, rows: int) -> tuple[list[int], int]:
    """Return the frame numbers of the chosen moments and how many moments were recorded."""
    recorder = MomentRecorder(rows)
    taken = 0
    for number in range(frames):
        if recorder.wants_next():
            recorder.add(Moment(float(number), NOTHING, NOTHING))
            taken += 1
    return [int(moment.time or 0) for moment in recorder.moments()], taken


@given(frames=st.integers(0, 3000), rows=st.integers(1, 12))
def test_moments_are_spread_evenly_over_a_run_of_any_length(frames: int, rows: int) -> None:
    moments, _ = recorded(frames, rows)
    assert len(moments) == min(rows, frames)
    for row, moment in enumerate(moments):
        ideal = (row + 0.5) * frames / len(moments)
        # Never further from its ideal place than a quarter of the distance between two rows.
        assert abs(moment - ideal) <= max(0.25 * frames / len(moments), 1)
    assert moments == sorted(set(moments))


def test_a_long_run_records_few_moments() -> None:
    _, taken = recorded(100_000, rows=6)
    assert taken < 400

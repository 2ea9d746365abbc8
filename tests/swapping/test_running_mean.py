from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlc.arrays import Floats
from dlc.swapping.running_mean import RunningMean


def test_nothing_is_known_at_first() -> None:
    assert RunningMean[float](0.1).value is None


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=10))
def test_it_begins_as_the_plain_mean(values: list[float]) -> None:
    mean = RunningMean[float](0.1)
    for value in values:
        mean.update(value)
    assert mean.value == pytest.approx(np.mean(values), abs=1e-9)


def test_old_values_fade() -> None:
    mean = RunningMean[float](0.25)
    for value in [0.0] * 50 + [1.0]:
        mean.update(value)
    assert mean.value == pytest.approx(0.25)
    for _ in range(20):
        mean.update(1.0)
    assert mean.value == pytest.approx(1.0, abs=0.01)


def test_arrays_are_averaged_and_not_changed() -> None:
    mean = RunningMean[Floats](0.1)
    first, second = np.zeros(4, np.float32), np.full(4, 2, np.float32)
    mean.update(first)
    now = mean.update(second)
    np.testing.assert_array_equal(now, 1.0)
    assert now.dtype == np.float32
    assert (first == 0.0).all()
    assert (second == 2.0).all()

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlc.pacing import MeanDuration, affordable_every

seconds = st.floats(1e-4, 2.0)


@given(budget=seconds, work=seconds, instead=seconds)
def test_it_is_the_least_number_that_fits_into_the_budget(
    budget: float, work: float, instead: float
) -> None:
    every = affordable_every(budget, work, instead, 12)

    def mean(count: int) -> float:
        return (work + (count - 1) * instead) / count

    assert 1 <= every <= 12
    if 1 < every < 12:
        assert mean(every) <= budget * (1 + 1e-9)
    if every > 1 and mean(1) > mean(every):
        assert mean(every - 1) > budget * (1 - 1e-9)


@pytest.mark.parametrize(
    ("budget", "work", "instead", "every"),
    [
        # Half of 20 frames a second; GFPGAN on a laptop's GPU takes 89 ms, and carrying 5.
        (0.025, 0.089, 0.005, 5),
        (0.1, 0.089, 0.005, 1),
        (0.025, 0.004, 0.005, 1),
        # There is no time even for carrying, or hardly any.
        (0.0025, 0.089, 0.005, 12),
        (0.0165, 4.0, 0.005, 12),
    ],
)
def test_work_is_done_as_often_as_its_budget_allows(
    budget: float, work: float, instead: float, every: int
) -> None:
    assert affordable_every(budget, work, instead, 12) == every


def test_old_durations_fade() -> None:
    mean = MeanDuration(0.5)
    assert (mean.seconds, mean.is_known) == (0.0, False)
    for duration in (4.0, 2.0, 1.0):
        mean.add(duration)
    assert mean.seconds == pytest.approx(2.0)

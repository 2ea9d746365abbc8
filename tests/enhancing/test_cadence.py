from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlc.enhancing.cadence import EnhanceCadence, affordable_every

seconds = st.floats(1e-4, 2.0)


@given(interval=seconds, model=seconds, carry=seconds)
def test_it_is_the_least_number_that_fits_into_half_of_the_time(
    interval: float, model: float, carry: float
) -> None:
    every = affordable_every(interval, model, carry)

    def mean(count: int) -> float:
        return (model + (count - 1) * carry) / count

    assert 1 <= every <= 12
    if 1 < every < 12:
        assert mean(every) <= interval / 2 * (1 + 1e-9)
    if every > 1 and mean(1) > mean(every):
        assert mean(every - 1) > interval / 2 * (1 - 1e-9)


@pytest.mark.parametrize(
    ("interval", "model", "carry", "every"),
    [
        # 20 frames a second; GFPGAN on a laptop's GPU takes 89 ms, and carrying 5.
        (0.05, 0.089, 0.005, 5),
        (0.2, 0.089, 0.005, 1),
        (0.05, 0.004, 0.005, 1),
        # There is no time even for carrying, or hardly any.
        (0.005, 0.089, 0.005, 12),
        (0.033, 4.0, 0.005, 12),
    ],
)
def test_examples(interval: float, model: float, carry: float, every: int) -> None:
    assert affordable_every(interval, model, carry) == every


def run(cadence: EnhanceCadence, period: float, model: float, carry: float, faces: int) -> None:
    """Let faces arrive at a rate, or later where enhancing keeps them waiting."""
    now, age, free = 0.0, 0, 0.0
    for number in range(faces):
        now = max(number * period, free)
        cadence.note_face(now)
        age = 0 if number == 0 or age + 1 >= cadence.every else age + 1
        took = model if age == 0 else carry
        (cadence.note_model if age == 0 else cadence.note_carry)(took)
        free = now + took


def test_what_was_told_is_done_whatever_it_takes() -> None:
    cadence = EnhanceCadence(3)
    run(cadence, 0.03, 0.5, 0.01, 50)
    assert cadence.every == 3


@pytest.mark.parametrize(("model", "every"), [(0.01, 1), (0.089, 5), (0.12, 6), (3.0, 12)])
def test_it_settles_where_enhancing_no_longer_sets_the_rate(model: float, every: int) -> None:
    cadence = EnhanceCadence(None)
    assert cadence.every == 1
    run(cadence, 0.05, model, 0.005, 400)
    assert abs(cadence.every - every) <= 1


def test_a_pause_is_no_frame_rate() -> None:
    cadence = EnhanceCadence(None)
    run(cadence, 0.05, 0.089, 0.005, 400)
    before = cadence.every
    cadence.note_face(10_000)
    assert cadence.every == before > 1

from __future__ import annotations

import pytest

from dlc.enhancing.cadence import EnhanceCadence


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

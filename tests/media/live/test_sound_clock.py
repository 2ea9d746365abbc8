"""Sound is placed at the moment it was heard, however late its blocks come."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlc.media.live.sound_clock import SoundClock

RATE = 48_000
SIZE = 480
BLOCK = SIZE / RATE


@given(
    late=st.floats(0, 0.3),
    drift=st.floats(-3e-4, 3e-4),
    seed=st.integers(0, 1000),
)
def test_delays_of_single_blocks_do_not_matter(late: float, drift: float, seed: int) -> None:
    random = np.random.default_rng(seed)
    clock = SoundClock(RATE)
    errors = []
    for block in range(1000):
        heard_at = 50 + block * BLOCK * (1 + drift)
        # One of ten comes at once, and so does the first.
        delay = random.uniform(0, late) if block % 10 else 0.0
        arrived_at = heard_at + BLOCK * (1 + drift) + delay
        errors.append(clock.begin_of(SIZE, arrived_at) - heard_at)
    # What drift makes of two seconds.
    assert np.abs(errors).max() < 2.2 * abs(drift) + 1e-6


def test_a_clock_that_begins_with_late_blocks_gets_right_with_the_first_that_is_not() -> None:
    clock = SoundClock(RATE)
    for block in range(5):
        clock.begin_of(SIZE, 10 + (block + 1) * BLOCK + 0.2)
    assert clock.begin_of(SIZE, 10 + 6 * BLOCK) == pytest.approx(10 + 5 * BLOCK)


def test_sound_after_a_loss_is_placed_by_its_own_arrival() -> None:
    clock = SoundClock(RATE)
    for block in range(100):
        clock.begin_of(SIZE, 10 + (block + 1) * BLOCK)
    resumed_at = 10 + 150 * BLOCK
    begin = clock.begin_of(SIZE, resumed_at + BLOCK, after_loss=True)
    assert begin == pytest.approx(resumed_at)


def test_a_loss_that_nobody_told_of_is_noticed_within_seconds() -> None:
    clock = SoundClock(RATE)
    for block in range(100):
        clock.begin_of(SIZE, 10 + (block + 1) * BLOCK)
    for block in range(150, 360):
        begin = clock.begin_of(SIZE, 10 + (block + 1) * BLOCK)
    assert begin == pytest.approx(10 + 359 * BLOCK)

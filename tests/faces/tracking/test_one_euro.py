from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dlc.faces.tracking.one_euro import OneEuroFilter, OneEuroOptions

OPTIONS = OneEuroOptions()
RATE = 30.0
signals = arrays(np.float32, (12, 3), elements=st.floats(-100, 100, width=32))


def smooth(signal: np.ndarray, options: OneEuroOptions = OPTIONS, unit: float = 1.0) -> np.ndarray:
    run = OneEuroFilter(options)
    return np.stack([run(value, index / RATE, unit) for index, value in enumerate(signal)])


@given(signals)
def test_the_first_value_passes_and_later_ones_stay_in_range(signal: np.ndarray) -> None:
    result = smooth(signal)
    np.testing.assert_array_equal(result[0], signal[0])
    for count in range(1, len(signal) + 1):
        seen = signal[:count]
        assert (result[count - 1] >= seen.min(axis=0) - 1e-3).all()
        assert (result[count - 1] <= seen.max(axis=0) + 1e-3).all()


@given(arrays(np.float32, (3,), elements=st.floats(-1e4, 1e4, width=32)))
def test_a_value_at_rest_stays(value: np.ndarray) -> None:
    result = smooth(np.repeat(value[None], 10, axis=0))
    np.testing.assert_array_equal(result, np.repeat(value[None], 10, axis=0))


@given(signals, st.floats(0.1, 50), st.integers(-100, 100))
def test_unit_and_origin_do_not_matter(signal: np.ndarray, unit: float, shift: int) -> None:
    scaled = (signal * unit + shift).astype(np.float32)
    expected = smooth(signal) * unit + shift
    np.testing.assert_allclose(smooth(scaled, unit=unit), expected, rtol=1e-3, atol=0.05 * unit)


def test_slow_trembling_is_damped() -> None:
    noise = np.random.default_rng(0).normal(0, 0.001, (300, 50)).astype(np.float32)
    assert np.diff(smooth(noise), axis=0).std() < 0.5 * np.diff(noise, axis=0).std()


def test_fast_motion_lags_less_than_without_the_speed_term() -> None:
    # A mouth that opens by a tenth of the face's width within a tenth of a second.
    motion = np.interp(np.arange(20), [5, 8], [0, 0.1]).astype(np.float32)[:, None]
    lag = np.abs(smooth(motion) - motion).max()
    plain = np.abs(smooth(motion, OneEuroOptions(beta=0.0)) - motion).max()
    assert lag < 0.02 < 0.05 < plain


def test_longer_steps_follow_more() -> None:
    def after(step: float) -> float:
        run = OneEuroFilter(OneEuroOptions(beta=0.0))
        run(np.zeros(1, np.float32), 0.0)
        return float(run(np.ones(1, np.float32), step)[0])

    assert after(0.01) < after(0.1) < after(1.0) < 1.0
    # A first-order low pass of 1.5 Hz after a tenth of a second.
    assert after(0.1) == pytest.approx(1 / (1 + 1 / (2 * np.pi * 1.5 * 0.1)))


def test_fast_motion_is_followed_between_frames_stamped_too_close_together() -> None:
    motion = np.interp(np.arange(20), [5, 8], [0, 0.1]).astype(np.float32)[:, None]
    run = OneEuroFilter(OPTIONS)
    smoothed = np.stack([run(value, index * 1e-4) for index, value in enumerate(motion)])
    assert np.abs(smoothed - motion).max() < 0.03


@pytest.mark.parametrize("time", [0.0, -1.0])
def test_time_must_advance(time: float) -> None:
    run = OneEuroFilter(OPTIONS)
    run(np.zeros(2, np.float32), 0.0)
    with pytest.raises(ValueError, match="time went"):
        run(np.zeros(2, np.float32), time)


def test_the_shape_must_stay() -> None:
    run = OneEuroFilter(OPTIONS)
    run(np.zeros(2, np.float32), 0.0)
    with pytest.raises(ValueError, match="shape changed"):
        run(np.zeros(3, np.float32), 1.0)

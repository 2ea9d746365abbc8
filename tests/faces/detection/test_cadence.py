"""How often faces are detected: as told, or as often as there is time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlc.faces.detection.cadence import DetectionCadence

SECONDS = st.floats(1e-4, 1.0)


def measured(period: float, detection: float, motion: float, swap: float = 0.0) -> DetectionCadence:
    cadence = DetectionCadence(None, period)
    for _ in range(3):
        cadence.note_detection(detection)
        cadence.note_motion(motion)
        cadence.note_swap(swap)
    return cadence


def test_a_fixed_cadence_does_not_care_what_is_measured() -> None:
    cadence = DetectionCadence(5, 1 / 30)
    cadence.note_detection(10.0)
    assert cadence.every == 5


def test_before_anything_is_measured_every_frame_is_detected() -> None:
    assert DetectionCadence(None, 1 / 60).every == 1


@pytest.mark.parametrize(
    ("period", "detection", "motion", "swap", "every"),
    [
        (1 / 30, 0.012, 0.003, 0.0, 1),
        (1 / 60, 0.012, 0.003, 0.0, 2),
        (1 / 30, 0.080, 0.003, 0.0, 6),
        (1 / 30, 0.080, 0.003, 0.200, 1),
        (1 / 30, 0.500, 0.003, 0.0, 10),
        (1 / 60, 0.040, 0.030, 0.0, 10),
        (1 / 60, 0.030, 0.040, 0.0, 1),
    ],
    ids=["fits", "fast", "slow", "slower swap", "hopeless", "motion", "needless"],
)
def test_as_often_as_there_is_time(
    period: float, detection: float, motion: float, swap: float, every: int
) -> None:
    assert measured(period, detection, motion, swap).every == every


@given(SECONDS, SECONDS, SECONDS, SECONDS)
def test_the_mean_cost_fits_with_the_fewest_frames_moved(
    period: float, detection: float, motion: float, swap: float
) -> None:
    every = measured(period, detection, motion, swap).every
    budget = max(period, swap) / 2

    def mean(count: int) -> float:
        return (detection + (count - 1) * motion) / count

    assert 1 <= every <= 10
    if 1 < every < 10:
        assert mean(every) <= budget * (1 + 1e-6)
        assert mean(every - 1) > budget * (1 - 1e-6)

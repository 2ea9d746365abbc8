"""What a moment of a run tells about its speed and its end."""

from __future__ import annotations

import pytest

from dlc.workflows.progress import Progress


def test_speed_and_time_left() -> None:
    progress = Progress(frames=50, total=200, faces=49, seconds=2.0)
    assert progress.fps == pytest.approx(25)
    assert progress.seconds_left == pytest.approx(6)


def test_nothing_is_forecast_without_a_length_or_before_the_first_frame() -> None:
    assert Progress(50, None, 49, 2.0).seconds_left is None
    assert Progress(0, 200, 0, 0.0).seconds_left is None
    assert Progress(0, 200, 0, 0.0).fps == 0


def test_an_estimate_that_was_too_low_leaves_no_negative_time() -> None:
    assert Progress(210, 200, 0, 2.0).seconds_left == 0

"""When a folder will be done, by the targets that are."""

from __future__ import annotations

from itertools import count

import pytest

from dlc.workflows.batch import forecast as module
from dlc.workflows.batch.forecast import Forecast
from dlc.workflows.progress import Progress


def test_the_others_take_as_long_as_those_before(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = count(100.0, 6.0)
    monkeypatch.setattr(module.time, "perf_counter", lambda: next(clock))
    forecast = Forecast(5)
    halfway = Progress(frames=10, total=20, faces=10, seconds=4.0)
    assert forecast.seconds_left(halfway) is None
    forecast.finish_one()
    assert forecast.seconds_left(halfway) == 3 * 6.0 + 4.0
    forecast.finish_one()
    assert forecast.seconds_left(halfway) == 2 * 6.0 + 4.0
    of_unknown_length = Progress(frames=10, total=None, faces=10, seconds=4.0)
    assert forecast.seconds_left(of_unknown_length) == 2 * 6.0


def test_the_last_one_is_all_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.time, "perf_counter", count(0.0, 60.0).__next__)
    forecast = Forecast(2)
    forecast.finish_one()
    assert forecast.seconds_left(Progress(frames=1, total=1, faces=1, seconds=0.1)) == 0

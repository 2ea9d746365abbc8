"""The figures a report derives from what was counted."""

from __future__ import annotations

import pytest

from dlc.pipeline import PipelineReport, StageReport


def test_figures_of_a_report() -> None:
    decode, find = StageReport("decode", 10, 0.5), StageReport("find", 10, 2.0)
    report = PipelineReport((decode, find), wall_seconds=2.1)
    assert find.milliseconds_per_item == pytest.approx(200)
    assert report.busy_seconds == pytest.approx(2.5)
    assert report.slowest is find


def test_a_step_without_items_takes_no_time_per_item() -> None:
    assert StageReport("find", 0, 0.1).milliseconds_per_item == 0

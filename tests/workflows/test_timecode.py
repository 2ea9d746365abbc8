from __future__ import annotations

import pytest

from dlc.workflows.timecode import timecode


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00.00"), (61.239, "1:01.24"), (59.999, "1:00.00"), (3723.5, "1:02:03.50")],
)
def test_a_point_in_time_reads_like_a_clock(seconds: float, text: str) -> None:
    assert timecode(seconds) == text

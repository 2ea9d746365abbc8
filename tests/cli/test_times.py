"""Times as people type them and as they read them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlc.cli.times import format_duration, parse_time
from dlc.errors import OptionError


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0),
        ("90", 90),
        ("90.5", 90.5),
        (".25", 0.25),
        ("1:30", 90),
        ("100:00", 6000),
        ("00:01:30.250", 90.25),
        ("2:00:00", 7200),
        (" 12 ", 12),
    ],
)
def test_times_that_can_be_typed(text: str, seconds: float) -> None:
    assert parse_time("--start", text) == pytest.approx(seconds)


@pytest.mark.parametrize(
    "text",
    ["", "-1", "abc", "1:2:3:4", "1:60", "1:60:00", "1:-5", "nan", "inf", "1e3", "1,5", "5s"],
)
def test_what_is_no_time_is_refused_with_the_option_named(text: str) -> None:
    with pytest.raises(OptionError, match="--end") as caught:
        parse_time("--end", text)
    assert repr(text) in str(caught.value)


@given(milliseconds=st.integers(0, 100 * 3600 * 1000))
def test_clock_times_mean_their_seconds(milliseconds: int) -> None:
    seconds, thousandths = divmod(milliseconds, 1000)
    text = f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}.{thousandths:03}"
    assert parse_time("--start", text) == pytest.approx(milliseconds / 1000)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.2, "0 s"),
        (45, "45 s"),
        (59.6, "1 min 00 s"),
        (200, "3 min 20 s"),
        (3599.7, "1 h 00 min"),
        (7500, "2 h 05 min"),
    ],
)
def test_durations_read_well(seconds: float, text: str) -> None:
    assert format_duration(seconds) == text

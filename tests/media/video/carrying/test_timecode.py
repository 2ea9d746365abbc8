"""Timecodes count frames as SMPTE ST 12-1 says."""

from __future__ import annotations

from fractions import Fraction

import pytest

from dlc.media.video.carrying.timecode import advanced_timecode

FILM = Fraction(24000, 1001)
NTSC = Fraction(30000, 1001)


@pytest.mark.parametrize(
    ("timecode", "frames", "rate", "later"),
    [
        ("10:00:00:00", 0, FILM, "10:00:00:00"),
        ("10:00:00:00", 12, FILM, "10:00:00:12"),
        ("10:00:59:23", 1, FILM, "10:01:00:00"),
        ("23:59:59:24", 1, Fraction(25), "00:00:00:00"),
        ("01:00:00:00", 30 * 60, NTSC, "01:01:00:00"),
        # The examples of ST 12-1: two numbers are left out, but not where tens of minutes begin.
        ("00:00:59;29", 1, NTSC, "00:01:00;02"),
        ("00:09:59;29", 1, NTSC, "00:10:00;00"),
        ("00:01:00;02", 1, NTSC, "00:01:00;03"),
        ("00:59:59;28", 2, NTSC, "01:00:00;00"),
        ("00:00:59;59", 1, 2 * NTSC, "00:01:00;04"),
        ("23:59:59.29", 1, NTSC, "00:00:00.00"),
    ],
)
def test_frames_are_counted(timecode: str, frames: int, rate: Fraction, later: str) -> None:
    assert advanced_timecode(timecode, frames, rate) == later


def test_dropping_numbers_keeps_pace_with_the_clock() -> None:
    an_hour = round(3600 * NTSC)

    assert advanced_timecode("00:00:00;00", an_hour, NTSC) == "01:00:00;00"
    assert advanced_timecode("00:00:00:00", an_hour, NTSC) == "00:59:56:12"


def test_no_number_is_given_twice() -> None:
    names = [advanced_timecode("00:08:58;00", n, NTSC) for n in range(4000)]

    assert len(set(names)) == 4000
    assert not {"00:09:00;00", "00:09:00;01"} & set(names)
    assert {"00:10:00;00", "00:10:00;01"} < set(names)


@pytest.mark.parametrize(
    ("timecode", "rate"),
    [
        ("", NTSC),
        ("garbage", NTSC),
        ("1:00:00:00", NTSC),
        ("01:00:00;00", Fraction(25)),
        ("01:00:00:00", Fraction(1, 3)),
    ],
)
def test_other_texts_are_no_timecodes(timecode: str, rate: Fraction) -> None:
    assert advanced_timecode(timecode, 1, rate) is None

"""Timecodes (SMPTE ST 12-1): what a frame is called, as hours, minutes, seconds and frames."""

from __future__ import annotations

import re
from fractions import Fraction

_TIMECODE = re.compile(r"(\d\d):(\d\d):(\d\d)([:;.])(\d{2,3})")
_TENS_A_DAY = 144


def advanced_timecode(timecode: str, frames: int, rate: Fraction) -> str | None:
    """Return the timecode of a later frame; None for what is no timecode at that rate.

    Args:
        timecode: of the first frame, such as "01:00:00:00". A semicolon or a point before the
            frames says that numbers are dropped: at 29.97 frames a second the first two of each
            minute but every tenth, so that timecodes keep pace with the clock.
        frames: how many frames later.
        rate: frames a second.
    """
    found = _TIMECODE.fullmatch(timecode)
    nominal = round(rate)
    if found is None or nominal < 1:
        return None
    mark = found[4]
    if mark != ":" and nominal % 30:
        return None
    dropped = 0 if mark == ":" else nominal // 15
    hours, minutes, seconds, number = (int(found[group]) for group in (1, 2, 3, 5))
    minutes += 60 * hours
    count = (60 * minutes + seconds) * nominal + number - dropped * (minutes - minutes // 10)
    a_minute, ten_minutes = 60 * nominal - dropped, 600 * nominal - 9 * dropped
    tens, rest = divmod((count + frames) % (_TENS_A_DAY * ten_minutes), ten_minutes)
    # Of ten minutes the first one drops nothing, so it is longer than the others.
    later = max(0, rest - dropped) // a_minute
    total, number = divmod(600 * nominal * tens + rest + dropped * later, nominal)
    minutes, seconds = divmod(total, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}{mark}{number:02}"

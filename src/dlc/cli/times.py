"""Points in time as people type them."""

from __future__ import annotations

import re

from dlc.errors import OptionError

_CLOCK = re.compile(r"(?:(?:(?P<hours>\d+):)?(?P<minutes>\d+):)?(?P<seconds>\d+(?:\.\d*)?|\.\d+)")


def parse_time(option: str, text: str) -> float:
    """Return seconds for "90", "90.5", "1:30", or "00:01:30.250".

    Args:
        option: the option's name, for the error message.
        text: what the user typed.

    Raises:
        OptionError: the text is not a point in time, or its minutes or seconds exceed 59.
    """
    parts = _CLOCK.fullmatch(text.strip())
    if parts is None:
        message = f"{option} {text!r} is not a time; give seconds (90.5) or hh:mm:ss (00:01:30.5)"
        raise OptionError(message)
    seconds, minutes, hours = float(parts["seconds"]), parts["minutes"], parts["hours"]
    if minutes is not None and (seconds >= 60 or (hours is not None and int(minutes) >= 60)):
        message = f"{option} {text!r} is not a time: in hh:mm:ss minutes and seconds stay below 60"
        raise OptionError(message)
    return int(hours or 0) * 3600 + int(minutes or 0) * 60 + seconds


def format_duration(seconds: float) -> str:
    """Return "45 s", "3 min 20 s" or "2 h 05 min", as precise as a forecast deserves."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest:02} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min"

"""Human-readable times."""

from __future__ import annotations


def timecode(seconds: float) -> str:
    """Return "1:02:03.45", or "2:03.45" below an hour."""
    hundredths = round(seconds * 100)
    minutes, rest = divmod(hundredths, 6000)
    hours, minutes = divmod(minutes, 60)
    tail = f"{rest // 100:02}.{rest % 100:02}"
    return f"{hours}:{minutes:02}:{tail}" if hours else f"{minutes}:{tail}"

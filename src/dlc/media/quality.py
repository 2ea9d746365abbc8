"""The scale of quality that all encoders share: that of x264's constant rate factor."""

from __future__ import annotations

from dlc.errors import OptionError

WORST_QUALITY = 51


def check_quality(quality: float) -> None:
    """Raise OptionError if a quality is off the scale."""
    if not 0 <= quality <= WORST_QUALITY:
        raise OptionError(f"`quality` is {quality:g}: give 0 (best) to {WORST_QUALITY}")

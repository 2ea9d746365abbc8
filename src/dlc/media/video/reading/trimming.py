"""The wanted part of a video: checked, and described like a video of its own."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from dlc.errors import OptionError
from dlc.media.info import MediaInfo


def trimmed(
    info: MediaInfo,
    start: float | None,
    end: float | None,
    *,
    origin: Fraction,
    first: Fraction,
    total: Fraction | None,
) -> MediaInfo:
    """Return the description of a part of a video, with its limits on the container's clock.

    Args:
        info: the whole video.
        start: seconds into the video of the first frame wanted; None is the beginning.
        end: seconds into the video before which the last frame wanted begins; None is the end.
        origin: the time on the container's clock that a player shows as 0.
        first: when the video's first frame is shown, in seconds of that clock.
        total: when the video ends, likewise; None if it is not known.

    Raises:
        OptionError: `start` and `end` do not lie in the video in this order.
    """
    if start is None and end is None:
        return info
    if start is not None and start < 0:
        raise OptionError(f"`start` is {start:g} s: give at least 0 s")
    if end is not None and end <= (start or 0):
        raise OptionError(f"`end` ({end:g} s) is not after `start` ({start or 0:g} s)")
    begin, stop = (_on_clock(limit, origin) for limit in (start, end))
    if begin is not None and total is not None and begin >= total:
        seconds = float(total - origin)
        raise OptionError(
            f"the start at {start:g} s lies past the end of {info.path} ({seconds:.2f} s)"
        )
    since = max(first, begin or first)
    until = min((time for time in (stop, total) if time is not None), default=None)
    return replace(
        info,
        start=begin,
        end=stop,
        frame_count=_frames_between(since, until, first, info.fps),
    )


def no_frame_from(path: Path, start: float, last: float) -> OptionError:
    """Return the error of a start after the last frame; both are seconds into the video."""
    # Rounded down, so that it may be given as a start.
    shown = math.floor(1000 * last) / 1000
    return OptionError(
        f"no frame of {path} begins at {start:g} s or later: its last one begins at {shown:g} s"
    )


def _on_clock(limit: float | None, origin: Fraction) -> Fraction | None:
    # A number of seconds as people write it: 0.04 is 1/25, not the nearest binary fraction.
    return None if limit is None else origin + Fraction(limit).limit_denominator(1_000_000)


def _frames_between(
    since: Fraction, until: Fraction | None, first: Fraction, fps: Fraction | None
) -> int | None:
    """Return how many frames begin from one time up to another; None if that is not known."""
    if until is None or not fps:
        return None
    # Frames lie at first + n / fps: count the n from one limit to the other.
    count = math.ceil((until - first) * fps - Fraction(1, 1000))
    return max(1, count - math.ceil((since - first) * fps))

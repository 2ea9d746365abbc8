"""Exact times out of a container that has rounded them.

Matroska, WebM, FLV and WMV count in milliseconds whatever the frame rate is: of 23.976 frames a
second the distances become 41 and 42 ms, which editors take for a variable rate elsewhere. Where
the first times of a file are those of its nominal rate, rounded, every time that is so can be put
right. Others, of pauses and variable rates, are what the file says.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from pathlib import Path
from types import MappingProxyType

import av
from av.video.stream import VideoStream

from dlc.media.files.inputs import open_input
from dlc.media.video.clock import nearest

# FFmpeg's names of containers that count in milliseconds, and how far off the rate may be, as a
# share of it, that FFmpeg makes of what they say. Matroska has the duration of a frame in
# nanoseconds, and FFmpeg makes a simple fraction of that: 19001/317 of 60000/1001. Of FLV's rate
# it makes one of three digits: 959/16.
_ROUNDING = MappingProxyType(
    {
        "matroska,webm": Fraction(5, 10_000_000),
        "flv": Fraction(1, 10_000),
        "asf": Fraction(5, 10_000_000),
    }
)
# Enough for every remainder that a usual rate leaves, and to tell 59.94 from 60.
_SAMPLE = 100
# Finer units fit neither MP4 nor encoders well; no usual rate needs them.
_FINEST = Fraction(1, 10_000_000)


@dataclass(frozen=True, slots=True)
class FrameGrid:
    """Evenly spaced times that a container has rounded.

    Attributes:
        rate: frames a second.
        begin: one of the times, in seconds.
        tick: the container's unit of time, in seconds.
    """

    rate: Fraction
    begin: Fraction
    tick: Fraction

    @property
    def time_base(self) -> Fraction:
        """The unit, in seconds, of which times on the grid and times in ticks are multiples."""
        parts = (1 / self.rate, self.begin, self.tick)
        return Fraction(1, math.lcm(*(part.denominator for part in parts)))

    def nominal(self, average: Fraction) -> Fraction:
        """Return the grid's rate for an average rate that rounding keeps from being it."""
        return self.rate if abs(1 / average - 1 / self.rate) < self.tick else average

    def exact(self, time: Fraction) -> Fraction:
        """Return the time of the grid that was rounded to one in seconds; itself if none was."""
        return on_grid(time, self.rate, self.begin, self.tick)

    def restore(self, frame: av.VideoFrame) -> None:
        """Give a frame with times in ticks its exact ones, in units of `time_base`."""
        unit = self.time_base
        pts = frame.pts if frame.pts is not None else frame.dts
        if pts is not None:
            frame.pts = int(self.exact(pts * self.tick) / unit)
        length = on_grid(frame.duration * self.tick, self.rate, Fraction(0), self.tick)
        frame.duration = int(length / unit)
        frame.time_base = unit


def on_grid(time: Fraction, rate: Fraction, begin: Fraction, tick: Fraction) -> Fraction:
    """Return the time `begin + k / rate` less than a tick away; `time` itself if there is none."""
    exact = begin + nearest((time - begin) * rate) / rate
    return exact if abs(exact - time) < tick else time


def usual_rate(rate: Fraction, tolerance: Fraction) -> Fraction:
    """Return the whole or NTSC rate that a frame rate is as good as; itself if it is another.

    Args:
        rate: frames a second.
        tolerance: how far off it may be, as a share of it.
    """
    for usual in (Fraction(round(rate)), Fraction(1000 * round(rate * 1001 / 1000), 1001)):
        if abs(usual - rate) < rate * tolerance:
            return usual
    return rate


def grid_of(times: Sequence[Fraction], rate: Fraction, tick: Fraction) -> FrameGrid | None:
    """Return the grid of which times are the rounded ones; None if there is none.

    Args:
        times: of the first frames in seconds, in any order, all multiples of `tick`.
        rate: the nominal frame rate.
        tick: the container's unit of time in seconds.
    """
    period = 1 / rate
    # Near any time lies one of a grid that is hardly coarser than the ticks; and a grid on ticks
    # was not rounded.
    if len(times) < 2 or period < 4 * tick or (period / tick).denominator == 1:
        return None
    first = min(times)
    strays = [time - first - nearest((time - first) * rate) * period for time in times]
    if max(strays) - min(strays) > tick:
        return None
    middle = first + (max(strays) + min(strays)) / 2
    # A grid through 0 is what most files had before they were rounded; and one that was rounded
    # down must not begin before 0.
    zero = nearest(first * rate) * period
    fits = all(abs(first + stray - zero) <= tick / 2 for stray in strays)
    grid = FrameGrid(rate, zero if fits or middle < 0 <= first else middle, tick)
    return grid if grid.time_base >= _FINEST else None


def find_frame_grid(path: Path, container_format: str, stream: VideoStream) -> FrameGrid | None:
    """Return the grid of which the times of a video stream are the rounded ones.

    Args:
        path: the file.
        container_format: FFmpeg's name of the container.
        stream: of the open file.

    Returns:
        None where times are exact, or the frame rate varies from the beginning.

    Raises:
        InputError: the file cannot be opened any more.
    """
    tick, tolerance = stream.time_base, _ROUNDING.get(container_format)
    if tolerance is None or not tick:
        return None
    times = [pts * tick for pts in _first_times(path, stream.index)]
    # The nominal rate is what the file says, or what FFmpeg guesses where it says nothing.
    stated = (stream.base_rate, stream.average_rate)
    rates = [usual_rate(rate, tolerance) for rate in stated if rate]
    grids = (grid_of(times, rate, tick) for rate in dict.fromkeys(rates))
    return next((grid for grid in grids if grid is not None), None)


def _first_times(path: Path, index: int) -> list[int]:
    """Return when the first packets of a stream are presented, as far as they can be read."""
    times: list[int] = []
    with open_input(path) as container, suppress(av.FFmpegError):
        packets = islice(container.demux(container.streams[index]), _SAMPLE)
        # What came before damage stays in the list.
        times.extend(packet.pts for packet in packets if packet.pts is not None)
    return times

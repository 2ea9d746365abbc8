"""Noticing frames that FFmpeg passed over in silence, by the times of those that it found."""

from __future__ import annotations

import heapq
import math
from collections import deque
from collections.abc import Callable
from typing import Any

from av.packet import Packet
from av.video.stream import VideoStream

# Says whether something is missing between two packets, given their positions in the file; None is
# its beginning.
IsBroken = Callable[[int | None, int], bool]


class GapWatch:
    """Looks for gaps in the times of one stream, and what they come from.

    A gap alone says nothing, as the frame rate may vary: the file has to show that it is broken
    there.

    Attributes:
        gaps: for each gap the time of the packet before it, and how long it is, in units of the
            stream's time base.
    """

    def __init__(
        self,
        stream: VideoStream,
        is_broken: IsBroken,
        *,
        at_start: bool,
        reordered: int = 0,
        longest: float = math.inf,
        usual: int = 0,
    ) -> None:
        """Watch a stream.

        Args:
            stream: its video.
            is_broken: looks into the file.
            at_start: whether the first packet is to be the file's first, at 0.
            reordered: how many packets may be shown before one that precedes them, if times of
                showing are to be compared; by default, those of decoding are.
            longest: seconds beyond which nobody knows what was meant to be in a gap.
            usual: how far packets that do not say how long they last are apart, until some of them
                show it, in units of the stream's time base; 0 if that is not known.
        """
        self._first_usual = usual
        self._end_is_broken = False
        self._is_broken = is_broken
        self._reordered = reordered
        self._longest = longest / stream.time_base if stream.time_base else 0
        self.gaps: list[tuple[int, int]] = []
        self.begin_anew()
        self._at_start = at_start
        if at_start:
            self._places.append(None)

    def begin_anew(self) -> None:
        """Compare the next packet with none before it."""
        self._at_start = False
        self._places: deque[int | None] = deque(maxlen=2 * self._reordered + 3)
        self._waiting: list[tuple[int, int]] = []
        self._last: tuple[int, int] | None = None
        self._whole_until: int | None = None
        self._step, self._usual = 0, self._first_usual

    def add(self, packet: Packet[Any]) -> None:
        """Take note of a packet in the order of the file."""
        time = packet.pts if self._reordered else packet.dts
        if time is None or packet.pos is None:
            return
        self._places.append(packet.pos)
        heapq.heappush(self._waiting, (time, packet.duration or 0))
        if len(self._waiting) > self._reordered:
            self._compare(*heapq.heappop(self._waiting))

    def finish(self, *, end_is_broken: bool) -> None:
        """Take note of the end of the file, and whether it is broken behind the last packet."""
        self._end_is_broken = end_is_broken
        while self._waiting:
            self._compare(*heapq.heappop(self._waiting))

    @property
    def position(self) -> int | None:
        """Where the last packet begins in the file; None before the first."""
        return self._places[-1] if self._places else None

    def _compare(self, time: int, duration: int) -> None:
        """Compare a packet with the one before it."""
        last, self._last = self._last, (time, duration)
        if last is None:
            if not self._at_start:
                return
            last = (-(duration or self._usual), duration)
        step = time - last[0]
        usual = last[1] or self._usual
        if step == self._step:
            self._usual = step
        self._step, gap = step, step - usual
        if 0 < usual < 2 * gap and gap <= self._longest and self._is_broken_here():
            self.gaps.append((last[0], gap))

    def _is_broken_here(self) -> bool:
        begin, end = self._places[0], self.position
        if end is None or self._end_is_broken:
            # What was to be shown before the last pictures may have been stored behind them.
            return self._end_is_broken
        # Where every gap is asked about, as in a recording of a screen, none is read twice.
        if self._whole_until is not None:
            begin = max(begin or 0, self._whole_until)
        is_broken = begin != end and self._is_broken(begin, end)
        self._whole_until = None if is_broken else end
        return is_broken

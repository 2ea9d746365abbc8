"""Recordings joined into one file whose clock jumps where the next one begins.

MPEG's streams carry the clock of their sender. Where two of them were joined, or the sender began
anew, it jumps, and one time is added to everything after the jump, picture and sound alike, so that
nothing overlaps and nothing gets out of step. The jumps are looked for before anything is decoded:
each stream comes to them at another moment, and what is added depends on all of them. (A clock that
merely overflows after 26.5 hours is put right by FFmpeg.)
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

import av
from av.packet import Packet

from dlc.media.files.inputs import open_input

# A recorder of a broadcast writes the clock of the broadcaster, which began whenever it began.
ARBITRARY_CLOCKS = frozenset({"mpegts", "mpeg"})
# What their times are counted in.
_TICK = Fraction(1, 90_000)
# A longer pause, of all streams together, is no pause; FFmpeg's `-dts_delta_threshold` is the same.
_LONGEST_PAUSE = 10 * 90_000
# Where decoding times of pictures are missing, FFmpeg's guesses may go back by some pictures.
_GUESSED = 9000


@dataclass(frozen=True, slots=True)
class Splices:
    """Where the clock of a file jumps.

    Attributes:
        times: of the jumps, in seconds of the corrected clock.
        ends: when each stream of pictures or sound ends, in seconds of the corrected clock.
        shifts: for each stream's index where in the file, in bytes, its packets begin to need a
            correction, and by how many ticks of 1/90000 s, in the order of the file.
    """

    times: tuple[Fraction, ...]
    ends: Mapping[int, Fraction]
    shifts: Mapping[int, tuple[tuple[int, int], ...]]


class SteadyClock:
    """Corrects the times of packets after a splice."""

    def __init__(self, splices: Splices | None) -> None:
        """Take what `find_splices` found."""
        self._shifts = {} if splices is None else splices.shifts
        self._completed = _Completed()
        self._shift: dict[int, int] = {}

    def correct(self, packet: Packet[Any]) -> bool:
        """Correct a packet's times; return whether another correction than before it begins."""
        shifts = self._shifts.get(packet.stream_index)
        if not shifts:
            return False
        index, position = packet.stream_index, self._completed.position(packet)
        number = bisect_right(shifts, position, key=lambda shift: shift[0])
        shift = shifts[number - 1][1] if number else 0
        pts = self._completed.pts(packet)
        packet.pts = None if pts is None else pts + shift
        packet.dts = None if packet.dts is None else packet.dts + shift
        is_other = self._shift.get(index, 0) != shift
        self._shift[index] = shift
        return is_other


def find_splices(path: Path, container_format: str) -> Splices | None:
    """Read the times of a whole file; return where its clock jumps, None if it does not.

    Args:
        path: the file.
        container_format: FFmpeg's name of its format; only those with a sender's clock are read.

    Raises:
        InputError: if it cannot be opened any more.
    """
    if container_format not in ARBITRARY_CLOCKS:
        return None
    status = path.stat()
    return _find_splices(path, status.st_size, status.st_mtime_ns)


class _Completed:
    """Completes what a demuxer says of the packets of each stream in turn."""

    def __init__(self) -> None:
        self._positions: dict[int, int] = {}
        self._leads: dict[int, int] = {}

    def position(self, packet: Packet[Any]) -> int:
        """Return where a packet is in the file, in bytes; of several sent as one the first says."""
        if packet.pos is not None:
            self._positions[packet.stream_index] = packet.pos
        return self._positions.get(packet.stream_index, 0)

    def pts(self, packet: Packet[Any]) -> int | None:
        """Return when a packet is presented; of a recording's last one FFmpeg may ask the next."""
        pts, dts, index = packet.pts, packet.dts, packet.stream_index
        if pts is None or dts is None:
            return pts
        lead = self._leads.get(index, 0)
        if abs(pts - dts) > _LONGEST_PAUSE:
            return dts + lead
        self._leads[index] = max(lead, pts - dts)
        return pts


@dataclass(slots=True)
class _Recording:
    """What lies between two splices, by the stream's index, in bytes and ticks of its own clock.

    Attributes:
        positions: where the first packet is.
        last_positions: where the last packet is.
        first: the earliest presentation time.
        end: the end of what is presented last.
        decoded: the decoding time of the last packet.
    """

    positions: dict[int, int] = field(default_factory=dict)
    last_positions: dict[int, int] = field(default_factory=dict)
    first: dict[int, int] = field(default_factory=dict)
    end: dict[int, int] = field(default_factory=dict)
    decoded: dict[int, int] = field(default_factory=dict)

    def add(self, packet: Packet[Any], completed: _Completed) -> None:
        """Take note of a packet that has a decoding time."""
        index, dts, pts = packet.stream_index, packet.dts or 0, completed.pts(packet)
        position, begin = completed.position(packet), dts if pts is None else pts
        self.positions.setdefault(index, position)
        self.last_positions[index] = position
        duration = packet.duration or dts - self.decoded.get(index, dts)
        self.first[index] = min(self.first.get(index, begin), begin)
        self.end[index] = max(self.end.get(index, begin), begin + duration)
        self.decoded[index] = dts

    def goes_on_with(self, packet: Packet[Any], slack: int) -> bool:
        """Whether a packet that has a decoding time has it of the same clock.

        Args:
            packet: the next of its stream.
            slack: by how many ticks it may lie before the last.
        """
        last, dts = self.decoded.get(packet.stream_index), packet.dts or 0
        newest = max(self.decoded.values(), default=dts)
        return last is None or last - slack <= dts <= newest + _LONGEST_PAUSE


# A run opens its target several times, in segments even often.
@lru_cache(maxsize=8)
def _find_splices(path: Path, _size: int, _changed: int) -> Splices | None:
    recordings = [_Recording()]
    # The number of the recording that each stream is in.
    now: dict[int, int] = {}
    completed = _Completed()
    with open_input(path) as container:
        streams = [s for s in container.streams if s.type in ("video", "audio")]
        for packet in _readable(container.demux(streams)):
            index = packet.stream_index
            number = now.setdefault(index, len(recordings) - 1)
            is_newest = number == len(recordings) - 1
            slack = _GUESSED if is_newest and packet.stream.type == "video" else 0
            if not recordings[number].goes_on_with(packet, slack):
                if is_newest:
                    recordings.append(_Recording())
                number = now[index] = len(recordings) - 1
            recordings[number].add(packet, completed)
        count = len(container.streams)
    return _splices_of(recordings, count) if len(recordings) > 1 else None


def _readable(packets: Iterator[Packet[Any]]) -> Iterator[Packet[Any]]:
    """Yield the packets with a time, as far as they can be read: damage is for others to notice."""
    with suppress(av.FFmpegError):
        for packet in packets:
            if packet.dts is not None:
                yield packet


def _splices_of(recordings: list[_Recording], stream_count: int) -> Splices | None:
    shift = 0
    times: list[Fraction] = []
    shifts: dict[int, list[tuple[int, int]]] = {index: [] for index in range(stream_count)}
    ends = dict(recordings[0].end)
    for number, recording in enumerate(recordings[1:], 1):
        if _is_common(recordings, number):
            both = recording.first.keys() & ends.keys()
            shift = max(ends[index] - recording.first[index] for index in both)
            times.append((min(recording.first.values()) + shift) * _TICK)
            for index, own in shifts.items():
                begin = min(recording.positions.values())
                own.append((recording.positions.get(index, begin), shift))
        ends |= {index: end + shift for index, end in recording.end.items()}
    if not times:
        return None
    return Splices(
        tuple(times),
        {index: end * _TICK for index, end in ends.items()},
        {index: tuple(own) for index, own in shifts.items()},
    )


def _is_common(recordings: list[_Recording], number: int) -> bool:
    """Whether all streams that go on have jumped; if only one has, its packets are damaged."""
    before = {index for earlier in recordings[:number] for index in earlier.first}
    begin = min(recordings[number].positions.values())
    after = {
        index
        for each in recordings
        for index, position in each.last_positions.items()
        if position > begin
    }
    return before & after <= recordings[number].first.keys()

"""Noticing frames that a transport stream lost on its way, about which FFmpeg says nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from av.packet import Packet
from av.video.stream import VideoStream

_SYNC = 0x47
_PACKET = 188
# What precedes and what follows each packet on Blu-ray, on disk, and with checksums.
_PADDING = ((4, 0), (0, 0), (0, 16))
# A jump by more seconds is a splice, and nobody knows what was meant to be between.
_LONGEST_GAP = 10


class TransportWatch:
    """Looks for gaps in the decoding times of one stream, and what they come from.

    A gap alone says nothing, as the frame rate may vary. The packets of a stream are numbered: only
    where numbers are missing, too, frames are lost.

    Attributes:
        gaps: for each gap the decoding time of the packet before it, and how long it is, in units
            of the stream's time base.
    """

    def __init__(self, path: Path, stream: VideoStream) -> None:
        self._path = path
        self._pid = stream.id
        self._longest = _LONGEST_GAP / stream.time_base if stream.time_base else 0
        self.gaps: list[tuple[int, int]] = []
        self.begin_anew()

    def begin_anew(self) -> None:
        """Compare the next packet with none before it: another recording begins there."""
        self._before: Packet[Any] | None = None
        self._position: int | None = None
        self._step = self._usual = 0

    def add(self, packet: Packet[Any]) -> None:
        """Take note of a packet in the order of the file."""
        before, begin = self._before, self._position
        self._before = packet
        if before is None:
            return
        self._position = before.pos
        if before.dts is None or packet.dts is None or packet.pos is None:
            return
        step = packet.dts - before.dts
        usual = before.duration or self._usual
        if step == self._step:
            self._usual = step
        self._step, gap = step, step - usual
        if not 0 < usual < 2 * gap or gap > self._longest:
            return
        start = before.pos if begin is None else begin
        if start is not None and self._is_broken(start, packet.pos + 2 * _PACKET):
            self.gaps.append((before.dts, gap))

    def _is_broken(self, begin: int, end: int) -> bool:
        """Whether packets of the stream are missing between two positions of the file."""
        with self._path.open("rb") as file:
            file.seek(begin)
            data = file.read(end - begin)
        lead, trail = next((p for p in _PADDING if _is_aligned(data, *p)), (0, 0))
        last: int | None = None
        for at in range(lead, len(data) - _PACKET + 1, lead + _PACKET + trail):
            header = data[at : at + 6]
            if int.from_bytes(header[1:3], "big") & 0x1FFF != self._pid or not header[3] & 0x10:
                # Of another stream, or without contents, which is not counted.
                continue
            count = header[3] & 0x0F
            is_announced = bool(header[3] & 0x20 and header[4] and header[5] & 0x80)
            # A packet may be sent twice.
            if last is not None and not is_announced and count not in (last, (last + 1) % 16):
                return True
            last = count
        return False


def _is_aligned(data: bytes, lead: int, trail: int) -> bool:
    starts = range(lead, len(data), lead + _PACKET + trail)
    return all(data[at] == _SYNC for at in starts[:8])

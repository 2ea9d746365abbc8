"""What tests of survival look at in finished files."""

from __future__ import annotations

import hashlib
from fractions import Fraction
from pathlib import Path

import av

Packets = list[tuple[Fraction, Fraction, str]]


def frames(path: Path) -> list[tuple[Fraction, str]]:
    """Return time and digest of every frame."""
    with av.open(str(path)) as container:
        return [
            ((frame.pts or 0) * frame.time_base, _digest(frame.to_ndarray().tobytes()))
            for frame in container.decode(video=0)
        ]


def sound(path: Path) -> Packets:
    """Return time, duration and digest of every packet of the first audio stream."""
    with av.open(str(path)) as container:
        return [
            (
                packet.pts * packet.time_base,
                packet.duration * packet.time_base,
                _digest(bytes(packet)),
            )
            for packet in container.demux(audio=0)
            if packet.size
        ]


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()

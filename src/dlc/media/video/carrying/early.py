"""What lies before the first picture, where a container cannot hide it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from av.packet import Packet

from dlc.media.video.writing.containers import Container


def without_early(packets: Iterable[Packet[Any]], container: Container) -> list[Packet[Any]]:
    """Leave out what ends before time 0, such as the priming of AAC, unless it can be hidden."""
    return [packet for packet in packets if container.hides_early or not _is_early(packet)]


def _is_early(packet: Packet[Any]) -> bool:
    return packet.pts is not None and packet.pts + (packet.duration or 0) <= 0

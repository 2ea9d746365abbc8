"""What readers say of frames, and where these are in a file."""

from __future__ import annotations

from pathlib import Path

import av

from dlc.media.video.reading.reader import VideoReader


def positions(path: Path) -> list[int]:
    """Return where each packet of the video begins in a file, as FFmpeg counts it."""
    with av.open(str(path)) as container:
        packets = container.demux(container.streams.video[0])
        return [packet.pos for packet in packets if packet.pos is not None and packet.size]


def found_and_lost(path: Path) -> tuple[int, int]:
    """Return how many frames there are, and how many are said to be lost."""
    with VideoReader(path, allow_damaged=True) as reader:
        found = sum(1 for _ in reader)
    return found, reader.frames_lost

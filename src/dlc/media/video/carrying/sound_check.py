"""Telling broken packets of sound from whole ones, where demuxers cannot."""

from __future__ import annotations

from typing import Any

import av
from av.packet import Packet

# Streams without checksums, of which any part may be lost on the way.
_LOSSY = frozenset({"mpegts", "mpeg"})


class SoundCheck:
    """Decodes packets for a test where readers pass damaged ones on as if they were whole.

    Attributes:
        broken: packets that cannot be decoded and lie between others that can. A recording that
            begins or ends in the middle of a packet is not damaged.
    """

    def __init__(self, stream: Any) -> None:
        """Take an audio stream of the input, which nothing else decodes."""
        is_lossy = stream.container.format.name in _LOSSY
        self._decoder = stream.codec_context if is_lossy else None
        self._has_begun = False
        self._undecided = 0
        self.broken = 0

    def passes(self, packet: Packet[Any]) -> bool:
        """Whether a packet can be decoded, as far as that has to be tried."""
        if self._decoder is None:
            return True
        try:
            self._decoder.decode(packet)
        except av.FFmpegError:
            self._undecided += self._has_begun
            return False
        self._has_begun = True
        self.broken, self._undecided = self.broken + self._undecided, 0
        return True

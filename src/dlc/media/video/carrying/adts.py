"""AAC from transport streams, which repeat what a decoder has to know before each packet (ADTS)."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Any

import av
from av.bitstream import BitStreamFilterContext
from av.container import OutputContainer
from av.packet import Packet

from dlc.media.files.inputs import codec_name, open_input
from dlc.media.video.carrying.tracks import AudioCopy

_FILTER = "aac_adtstoasc"
# A recording may begin in the middle of a packet, or with damage, but not with so much of it.
_ATTEMPTS = 100


class AdtsCopy(AudioCopy):
    """Copies the packets of an AAC stream without their headers."""

    def __init__(self, source: Any, output: OutputContainer, lead: int, config: bytes) -> None:
        """Add the stream to `output`; `config` is from `adts_config`, and see `AudioCopy`."""
        super().__init__(source, output, lead)
        # The output's header, which comes before the first packet, has to hold it.
        self._target.codec_context.extradata = config
        self._filter = BitStreamFilterContext(_FILTER, source)

    def convert(self, packet: Packet[Any]) -> list[Packet[Any]]:
        """Return the packet without its header, unless it is broken."""
        bare: list[Packet[Any]] = []
        for whole in super().convert(packet):
            unit = whole.time_base
            for bare_packet in self._filter.filter(whole):
                bare_packet.stream, bare_packet.time_base = self._target, unit
                bare.append(bare_packet)
        return bare


def has_adts(stream: Any) -> bool:
    """Whether an audio stream is AAC that says what it is in each packet instead of once."""
    return codec_name(stream) == "aac" and not stream.codec_context.extradata


def adts_config(path: Path, index: int) -> bytes:
    """Return what a decoder of an AAC stream has to know (ISO 14496-3, AudioSpecificConfig).

    Args:
        path: the input.
        index: the stream's number in it.

    Returns:
        Nothing if none of the first packets has a usable header.

    Raises:
        InputError: if the input cannot be opened any more.
    """
    with open_input(path) as container:
        stream = container.streams[index]
        unpack = BitStreamFilterContext(_FILTER, stream)
        for packet in islice(container.demux(stream), _ATTEMPTS):
            try:
                unpacked = unpack.filter(packet) if packet.size else []
            except av.FFmpegError:
                continue
            for bare in unpacked:
                if bare.has_sidedata("new_extradata"):
                    return bytes(bare.get_sidedata("new_extradata"))
    return b""

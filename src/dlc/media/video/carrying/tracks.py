"""One stream of the input on its way to the output."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, cast

import av
from av.audio.frame import AudioFrame
from av.container import OutputContainer
from av.packet import Packet
from av.stream import Stream
from av.subtitles.subtitle import AssSubtitle, SubtitleSet

from dlc.errors import EncoderError
from dlc.media.info import MediaInfo
from dlc.media.video.carrying.languages import language_in
from dlc.media.video.carrying.sound_check import SoundCheck
from dlc.media.video.carrying.sound_encoder import SoundEncoder
from dlc.media.video.clock import nearest

# How many packets before a cut are kept for the decoder where they can be hidden: most audio codecs
# predict from one packet, and the cut may lie anywhere in the next.
PRIMING_PACKETS = 2
# What encoders put before the first sample is shorter, and so is what decoders of Opus want to hear
# before; a longer part that is hidden was trimmed away.
_LONGEST_PRIMING = Fraction(1, 10)
# What AVI and WAV mean that say only how many channels there are.
_USUAL_LAYOUTS = {
    1: "mono",
    2: "stereo",
    3: "2.1",
    4: "4.0",
    5: "5.0",
    6: "5.1",
    7: "6.1",
    8: "7.1",
}


@dataclass(frozen=True, slots=True)
class KeptRange:
    """The part of the input that is kept, in seconds of the container's clock.

    Attributes:
        shift: the time that becomes 0.
        start: where the kept part begins; None is the beginning.
        end: where it ends; None is the end.
    """

    shift: Fraction
    start: Fraction | None
    end: Fraction | None

    @classmethod
    def of(cls, info: MediaInfo, first: Fraction) -> KeptRange:
        """Return what is kept of a target where an output begins with the frame at `first`."""
        shift = info.clock_start if info.start is None else first
        return cls(shift, None if info.start is None else first, info.end)


class Track:
    """Takes the packets of one stream and returns those to write.

    Attributes:
        broken: how many packets could not be made sense of and were left out.
    """

    broken = 0
    _latest: int | None = None

    def goes_back(self, packet: Packet[Any]) -> bool:
        """Return whether a packet precedes the ones before it, as if times were damaged."""
        latest, time = self._latest, packet.dts
        if latest is not None and time is not None and time < latest:
            return True
        self._latest = time
        return False

    def cut(self, packet: Packet[Any], kept: KeptRange) -> bool:
        """Trim a packet to the kept part; return whether anything of it is left."""
        raise NotImplementedError

    def convert(self, packet: Packet[Any]) -> list[Packet[Any]]:
        """Return the packets to write for one of the input."""
        raise NotImplementedError

    def flush(self) -> list[Packet[Any]]:
        """Return the packets that remain at the end."""
        return []


class AudioCopy(Track):
    """Copies the packets of an audio stream bit for bit."""

    def __init__(self, source: Any, output: OutputContainer, lead: int) -> None:
        """Add the stream to `output`; keep `lead` packets before a cut."""
        target: Any = output.add_stream_from_template(source)
        if source.layout.name.endswith("channels"):
            target.codec_context.layout = _layout_of(source)
        describe(source, target)
        self._target = cast(Stream, target)
        self._lead = lead
        self._check = SoundCheck(source)

    def cut(self, packet: Packet[Any], kept: KeptRange) -> bool:
        """Keep whole packets: from the first inside the kept part, less the lead, to the last."""
        return _begins_in(packet, kept, self._lead) and not self._is_trimmed(packet, kept)

    def _is_trimmed(self, packet: Packet[Any], kept: KeptRange) -> bool:
        """Whether an edit list leaves a packet out that does not prime the decoder for the first.

        Where it would be heard, less of what primes the decoder has to do.
        """
        few = PRIMING_PACKETS * (packet.duration or 0) * unit_of(packet)
        longest = _LONGEST_PRIMING if self._lead else min(few, _LONGEST_PRIMING)
        primes = kept.shift - longest <= time_of(packet) < kept.shift
        return packet.is_discard and not primes

    def convert(self, packet: Packet[Any]) -> list[Packet[Any]]:
        """Return the packet itself, unless it is broken."""
        before = self._check.broken
        passes = self._check.passes(packet)
        self.broken += self._check.broken - before
        if not passes:
            return []
        packet.stream = self._target
        return [packet]


class AudioConversion(Track):
    """Decodes audio and encodes it with a codec that the container holds."""

    def __init__(
        self, source: Any, output: OutputContainer, encoder: str, *, is_steady: bool
    ) -> None:
        """Add a stream to `output` and open its encoder.

        Raises:
            EncoderError: if the audio cannot be encoded so.
        """
        self._source = source
        rates = av.Codec(encoder, "w").audio_rates
        rate = source.rate if not rates or source.rate in rates else max(rates)
        layout = _layout_of(source)
        try:
            self._encoder = SoundEncoder(output, encoder, rate, layout, is_steady=is_steady)
        except EncoderError as error:
            raise EncoderError(
                f"audio stream {source.index}: {error}; leave the audio out or choose .mkv"
            ) from error
        describe(source, self._encoder.stream)

    def cut(self, packet: Packet[Any], kept: KeptRange) -> bool:
        """Keep whole packets that lie inside the kept part."""
        return _begins_in(packet, kept, 0)

    def convert(self, packet: Packet[Any]) -> list[Packet[Any]]:
        """Return the packets encoded from what was decoded."""
        return self._encode(self._decode(packet))

    def flush(self) -> list[Packet[Any]]:
        """Empty the decoder and the encoder."""
        return self._encode(self._decode(None)) + self._encoder.flush()

    def _decode(self, packet: Packet[Any] | None) -> list[AudioFrame]:
        try:
            frames: list[AudioFrame] = self._source.decode(packet)
        except av.FFmpegError:
            self.broken += 1
            return []
        return frames

    def _encode(self, frames: list[AudioFrame]) -> list[Packet[Any]]:
        return [packet for frame in frames for packet in self._encoder.encode(frame)]


class SubtitleTrack(Track):
    """Subtitles, which are shown for a while and can be cut at any moment of it."""

    def cut(self, packet: Packet[Any], kept: KeptRange) -> bool:
        """Keep what is shown in the kept part, and show it from its beginning at the earliest."""
        begin, duration = time_of(packet), packet.duration or 0
        if kept.end is not None:
            if begin >= kept.end:
                return False
            duration = min(duration, nearest((kept.end - begin) / unit_of(packet)))
            packet.duration = duration
        if kept.start is None or begin >= kept.start:
            return True
        late = nearest((kept.start - begin) / unit_of(packet))
        if duration <= late or packet.pts is None:
            return False
        packet.pts += late
        packet.dts = packet.pts
        packet.duration = duration - late
        return True


class SubtitleCopy(SubtitleTrack):
    """Copies the packets of a subtitle stream bit for bit."""

    def __init__(self, source: Stream, output: OutputContainer) -> None:
        """Add the stream to `output`."""
        self._target = output.add_stream_from_template(source)
        describe(source, self._target)

    def convert(self, packet: Packet[Any]) -> list[Packet[Any]]:
        """Return the packet itself."""
        packet.stream = self._target
        return [packet]


class SubtitleConversion(SubtitleTrack):
    """Turns one kind of text subtitles into another."""

    def __init__(self, source: Any, output: OutputContainer, encoder: str) -> None:
        """Add a stream to `output`."""
        self._decoder: Any = source.codec_context
        self._target = cast(Any, output.add_stream(encoder))
        context = self._target.codec_context
        # Text passes through ASS, whose styles are in the header.
        self._decoder.open(strict=False)
        context.subtitle_header = self._decoder.subtitle_header
        context.time_base = source.time_base or Fraction(1, 1000)
        self._target.time_base = context.time_base
        describe(source, self._target)

    def convert(self, packet: Packet[Any]) -> list[Packet[Any]]:
        """Return the texts of a packet, encoded for the container."""
        length = round((packet.duration or 0) * unit_of(packet) * 1000)
        packets: list[Packet[Any]] = []
        for subtitle in self._decoder.decode(packet):
            if not isinstance(subtitle, AssSubtitle):
                continue
            text = SubtitleSet.create(subtitle.ass, 0, length, packet.pts or 0)
            encoded = self._target.codec_context.encode_subtitle(text)
            encoded.pts = encoded.dts = packet.pts
            encoded.duration = packet.duration
            encoded.time_base = packet.time_base
            encoded.stream = self._target
            packets.append(encoded)
        return packets


def description_of(stream: Stream) -> dict[str, str]:
    """Return a stream's metadata without what counts its old bytes and frames."""
    counted = ("BPS", "DURATION", "NUMBER_OF_", "_STATISTICS_", "ALPHA_MODE", "ENCODER", "ROTATE")
    return {k: v for k, v in stream.metadata.items() if not k.upper().startswith(counted)}


def time_of(packet: Packet[Any]) -> Fraction:
    """Return when a packet is presented, in seconds."""
    ticks = packet.pts if packet.pts is not None else packet.dts
    return (ticks or 0) * unit_of(packet)


def unit_of(packet: Packet[Any]) -> Fraction:
    """Return the unit of a packet's times in seconds."""
    # Demuxed packets always have one; the type stubs allow for those made by hand.
    return packet.time_base or Fraction(1, av.time_base)


def describe(source: Stream, target: Stream) -> None:
    """Give an output's stream the name, language and role of the input's."""
    description = description_of(source)
    if "language" in description:
        muxer = target.container.format.name
        description["language"] = language_in(muxer, description["language"])
    target.metadata.update(description)
    target.disposition = source.disposition


def _layout_of(source: Any) -> str:
    """Return the channel layout, the usual one where only the number of channels is known."""
    name: str = source.layout.name
    if name.endswith("channels"):
        return _USUAL_LAYOUTS.get(source.layout.nb_channels, name)
    return name


def _begins_in(packet: Packet[Any], kept: KeptRange, lead: int) -> bool:
    begin = time_of(packet)
    if kept.end is not None and begin >= kept.end:
        return False
    earlier = lead * (packet.duration or 0) * unit_of(packet)
    return kept.start is None or begin >= kept.start - earlier

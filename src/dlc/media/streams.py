"""Carrying audio, subtitles and attachments over from the input.

The input is opened a second time, apart from the decoder's handle, and read in step with the video:
however long it is, only a packet is held in memory. Packets are copied bit for bit where the
container can store their codec; what it cannot store is encoded anew, and a note says so.

When the beginning is cut off, times move back by the time of the first video frame, rounded to the
stream's own tick (1/44100 s for audio in MP4, 1 ms in Matroska): that is how exactly sound and
picture stay together. The cut itself falls between packets, about every 21 ms for AAC. MP4 and MOV
also keep the packets just before it, which the decoder needs, hidden by an edit list; elsewhere the
sound begins with the first packet that lies wholly inside the range.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import av
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.stream import Discard, Disposition, Stream
from av.subtitles.subtitle import AssSubtitle, SubtitleSet

from dlc.errors import DamagedInputError, EncoderError
from dlc.media.clock import nearest
from dlc.media.containers import Container
from dlc.media.failures import reason_of, unreadable
from dlc.media.info import MediaInfo

# Bits a second for each channel of audio that has to be encoded anew: transparent for AAC and Opus.
_BITS_PER_CHANNEL = 96_000

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
class Span:
    """The part of the input that is kept, in seconds of the container's clock.

    Attributes:
        shift: the time that becomes 0.
        start: nothing that ends before this is kept; None keeps everything.
        end: nothing that begins at or after this is kept; None keeps everything.
    """

    shift: Fraction
    start: Fraction | None
    end: Fraction | None


class StreamCarrier:
    """Writes the input's other streams to the output as the video advances.

    Attributes:
        notes: what could not be copied, in words for the user.
    """

    def __init__(
        self,
        info: MediaInfo,
        container: Container,
        output: OutputContainer,
        *,
        audio: bool,
        allow_damaged: bool,
    ) -> None:
        """Open the input and add its streams to `output`, whose header is not written yet.

        Raises:
            InputError: if the input cannot be opened any more.
            EncoderError: if audio must be encoded anew and cannot.
        """
        self.notes: list[str] = []
        self._path = info.path
        self._container = container
        self._output = output
        self._allow_damaged = allow_damaged
        self._input = open_input(info.path)
        self._tracks: dict[int, _Track] = {}
        for stream in self._input.streams:
            if stream.type == "audio" and audio:
                self._tracks[stream.index] = self._audio_track(stream)
            elif stream.type == "subtitle":
                self._tracks[stream.index] = self._subtitle_track(stream)
            elif stream.type in ("data", "attachment"):
                self._try_attachment(stream)
            if stream.index not in self._tracks:
                stream.discard = Discard.all
        self._carry_metadata()
        self._span = Span(Fraction(0), None, None)
        self._packets: Iterator[Packet[Any]] | None = None
        self._held: Packet[Any] | None = None

    def begin(self, span: Span) -> None:
        """Say which part to carry over, once the first video frame is known.

        Chapters belong to the header: call this before anything is written.
        """
        self._span = span
        self._carry_chapters()
        if span.start is not None and span.start > 1 and self._tracks:
            try:
                self._input.seek(int((span.start - 1) * av.time_base))
            except av.FFmpegError:
                # A format without an index: read from its beginning instead.
                self._input.seek(0)

    def advance(self, time: Fraction) -> None:
        """Write what belongs before `time`, in seconds of the input's clock.

        Raises:
            DamagedInputError: if a stream cannot be read on.
        """
        while (packet := self._next()) is not None:
            if _time_of(packet) > time:
                self._held = packet
                return
            self._carry(packet)

    def describe_video(self, target: Stream) -> None:
        """Give the output's video stream the name, language and role of the input's."""
        videos = self._input.streams.video
        source = next((s for s in videos if not s.disposition & Disposition.attached_pic), None)
        if source is not None:
            target.metadata.update(_described(source))
            target.disposition = source.disposition

    def finish(self, until: Fraction | None = None) -> None:
        """Write the rest, or what belongs before `until`, and what encoders still hold."""
        until = self._span.end if until is None else until
        if until is not None:
            self.advance(until)
        else:
            while (packet := self._next()) is not None:
                self._carry(packet)
        for track in self._tracks.values():
            self._output.mux(track.flush())

    def close(self) -> None:
        """Close the input."""
        self._input.close()

    def _next(self) -> Packet[Any] | None:
        if self._held is not None:
            packet, self._held = self._held, None
            return packet
        if not self._tracks:
            return None
        if self._packets is None:
            self._packets = self._input.demux(
                [self._input.streams[index] for index in self._tracks]
            )
        try:
            # Packets without a time end the streams or cannot be placed.
            return next((p for p in self._packets if p.pts is not None or p.dts is not None), None)
        except av.FFmpegError as error:
            if not self._allow_damaged:
                raise DamagedInputError(
                    f"the audio or subtitles of {self._path} cannot be read on: {reason_of(error)}"
                ) from error
            self.notes.append("audio or subtitles end early: the input cannot be read on")
            self._tracks.clear()
            return None

    def _carry(self, packet: Packet[Any]) -> None:
        track = self._tracks[packet.stream_index]
        if self._span.start is not None or self._span.end is not None:
            start = _time_of(packet)
            length = (packet.duration or 0) * _unit(packet)
            if not track.keeps(start, length, self._span, self._container):
                return
        shift = nearest(self._span.shift / _unit(packet))
        packet.pts = None if packet.pts is None else packet.pts - shift
        packet.dts = packet.pts if packet.dts is None else packet.dts - shift
        self._output.mux(track.convert(packet))

    def _audio_track(self, stream: Any) -> _Track:
        codec = codec_name(stream)
        if self._container.holds(codec):
            return _Copy(stream, _add_copy(self._output, stream))
        encoder = self._container.audio_encoder or ""
        self.notes.append(
            f"audio stream {stream.index}: {self._container.extension} cannot hold {codec}, "
            f"encoded anew with {encoder}"
        )
        return _AudioConversion(stream, self._output, encoder)

    def _subtitle_track(self, stream: Any) -> _Track:
        codec = codec_name(stream)
        if self._container.holds(codec):
            return _Copy(stream, _add_copy(self._output, stream))
        encoder = self._container.subtitle_encoder or ""
        self.notes.append(f"subtitle stream {stream.index}: {codec} converted to {encoder}")
        return _SubtitleConversion(stream, self._output, encoder)

    def _try_attachment(self, stream: Stream) -> None:
        if stream.type == "attachment" and self._container.format == "matroska":
            self._output.add_stream_from_template(stream)
            return
        self.notes.append(f"{stream.type} stream {stream.index} is not carried over")

    def _carry_metadata(self) -> None:
        # What names the old file's muxer is for the new one to say.
        own = {"encoder", "major_brand", "minor_version", "compatible_brands"}
        found = {k: v for k, v in self._input.metadata.items() if k.lower() not in own}
        self._output.metadata.update(found)

    def _carry_chapters(self) -> None:
        chapters = self._input.chapters()
        kept = []
        for chapter in chapters:
            unit = chapter["time_base"] or Fraction(1, 1000)
            shift = nearest(self._span.shift / unit)
            chapter["start"], chapter["end"] = chapter["start"] - shift, chapter["end"] - shift
            begins_late = (
                self._span.end is not None
                and chapter["start"] * unit >= self._span.end - self._span.shift
            )
            if chapter["end"] > 0 and not begins_late:
                chapter["start"] = max(0, chapter["start"])
                kept.append(chapter)
        if kept:
            self._output.set_chapters(kept)


class _Track:
    """One stream on its way to the output."""

    def __init__(self, source: Stream) -> None:
        self.source = source

    def keeps(self, start: Fraction, length: Fraction, span: Span, container: Container) -> bool:
        """Whether a packet belongs to the kept part."""
        if span.end is not None and start >= span.end:
            return False
        if span.start is None:
            return True
        if self.source.type == "subtitle":
            return start >= span.start
        # One more packet than needed, as most codecs predict from the one before.
        lead = 2 * length if container.negative_times else Fraction(0)
        return start >= span.start - lead

    def convert(self, packet: Packet[Any]) -> list[Packet[Any]]:
        """Return the packets to write for one of the input."""
        raise NotImplementedError

    def flush(self) -> list[Packet[Any]]:
        """Return the packets that remain at the end."""
        return []


class _Copy(_Track):
    """Copies packets bit for bit."""

    def __init__(self, source: Stream, target: Stream) -> None:
        super().__init__(source)
        self._target = target

    def convert(self, packet: Packet[Any]) -> list[Packet[Any]]:
        packet.stream = self._target
        return [packet]


class _AudioConversion(_Track):
    """Decodes audio and encodes it with a codec that the container holds."""

    def __init__(self, source: AudioStream, output: OutputContainer, encoder: str) -> None:
        super().__init__(source)
        self._decode: Callable[[Packet[Any] | None], list[AudioFrame]] = source.decode
        rates = av.Codec(encoder, "w").audio_rates
        rate = source.rate if not rates or source.rate in rates else max(rates)
        target: Any = output.add_stream(encoder, rate=rate)
        target.layout = source.layout
        target.bit_rate = _BITS_PER_CHANNEL * source.channels
        target.metadata.update(_described(source))
        target.disposition = source.disposition
        try:
            target.codec_context.open()
        except (av.FFmpegError, ValueError) as error:
            raise EncoderError(
                f"{encoder} cannot encode audio stream {source.index}: {reason_of(error)}; leave "
                "the audio out or choose .mkv"
            ) from error
        self._target = target
        self._resampler = av.AudioResampler(
            format=target.format,
            layout=source.layout,
            rate=rate,
            frame_size=target.codec_context.frame_size or None,
        )

    def convert(self, packet: Packet[Any]) -> list[Packet[Any]]:
        return self._encode(self._decode(packet))

    def flush(self) -> list[Packet[Any]]:
        packets = self._encode(self._decode(None))
        for frame in self._resampler.resample(None):
            packets += self._target.encode(frame)
        return packets + list(self._target.encode(None))

    def _encode(self, frames: list[AudioFrame]) -> list[Packet[Any]]:
        packets: list[Packet[Any]] = []
        for decoded in frames:
            for frame in self._resampler.resample(decoded):
                packets += self._target.encode(frame)
        return packets


class _SubtitleConversion(_Track):
    """Turns one kind of text subtitles into another."""

    def __init__(self, source: Any, output: OutputContainer, encoder: str) -> None:
        super().__init__(source)
        self._decoder: Any = source.codec_context
        self._target = cast(Any, output.add_stream(encoder))
        context = self._target.codec_context
        # Text passes through ASS, whose styles are in the header.
        self._decoder.open(strict=False)
        context.subtitle_header = self._decoder.subtitle_header
        context.time_base = source.time_base or Fraction(1, 1000)
        self._target.time_base = context.time_base
        self._target.metadata.update(_described(source))
        self._target.disposition = source.disposition

    def convert(self, packet: Packet[Any]) -> list[Packet[Any]]:
        length = round((packet.duration or 0) * _unit(packet) * 1000)
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


def open_input(path: Path) -> InputContainer:
    """Open a media file, and nothing that it may refer to.

    Raises:
        InputError: if it cannot be opened.
    """
    try:
        return av.open(
            f"file:{path}",
            container_options={"protocol_whitelist": "file"},
            # Old files carry names in all kinds of encodings; they are passed on as they are.
            metadata_errors="surrogateescape",
        )
    except (OSError, av.FFmpegError) as error:
        raise unreadable(path, error) from error


def codec_name(stream: Stream) -> str:
    """Return FFmpeg's name of a stream's codec, "unknown" where it knows none."""
    context = stream.codec_context
    return context.codec.canonical_name if context else "unknown"


def _add_copy(output: OutputContainer, stream: Stream) -> Stream:
    target: Any = output.add_stream_from_template(stream)
    layout = getattr(stream, "layout", None)
    if layout is not None and layout.name.endswith("channels"):
        # AVI and WAV often say only how many channels there are; MP4 has to know which.
        target.codec_context.layout = _USUAL_LAYOUTS.get(layout.nb_channels, layout.name)
    target.metadata.update(_described(stream))
    target.disposition = stream.disposition
    return cast(Stream, target)


def _described(stream: Stream) -> dict[str, str]:
    """Return a stream's metadata without what counts its old bytes and frames."""
    counted = ("BPS", "DURATION", "NUMBER_OF_", "_STATISTICS_", "ALPHA_MODE", "ENCODER", "ROTATE")
    return {k: v for k, v in stream.metadata.items() if not k.upper().startswith(counted)}


def _time_of(packet: Packet[Any]) -> Fraction:
    ticks = packet.pts if packet.pts is not None else packet.dts
    return (ticks or 0) * _unit(packet)


def _unit(packet: Packet[Any]) -> Fraction:
    # Demuxed packets always have a time base; the type stubs allow for those made by hand.
    return packet.time_base or Fraction(1, av.time_base)

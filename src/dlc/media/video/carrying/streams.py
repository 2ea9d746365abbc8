"""Carrying audio, subtitles and attachments over from the input.

The input is opened a second time, apart from the decoder's handle, and read in step with the video:
however long it is, only a packet is held in memory. Packets are copied bit for bit where the
container can store their codec; what it cannot store is encoded anew, and a note says so.

When the beginning is cut off, times move back by the time of the first video frame, rounded to the
stream's own tick (1/44100 s for audio in MP4, 1 ms in Matroska): that is how exactly sound and
picture stay together. The cut itself falls between packets, about every 21 ms for AAC. MP4 and MOV
also keep the packets just before it, which the decoder needs, hidden by an edit list; elsewhere the
sound begins with the first packet that lies wholly inside the range. AVI has no times for sound: it
begins with the picture, so up to a packet early, and what begins later gets silence in front.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import av
from av.container import OutputContainer
from av.packet import Packet
from av.stream import Discard, Disposition, Stream

from dlc.counted import counted
from dlc.errors import DamagedInputError
from dlc.media.files.failures import ALLOW_DAMAGED, reason_of
from dlc.media.files.inputs import codec_name, open_input
from dlc.media.info import MediaInfo
from dlc.media.video.carrying.adts import AdtsCopy, adts_config, has_adts
from dlc.media.video.carrying.early import without_early
from dlc.media.video.carrying.timecode import advanced_timecode
from dlc.media.video.carrying.tracks import (
    PRIMING_PACKETS,
    AudioConversion,
    AudioCopy,
    KeptRange,
    SubtitleConversion,
    SubtitleCopy,
    Track,
    describe,
    time_of,
    unit_of,
)
from dlc.media.video.clock import nearest
from dlc.media.video.reading.decoding import main_stream
from dlc.media.video.reading.splices import SteadyClock, find_splices
from dlc.media.video.writing.containers import Container

# No usual codec has longer ones.
_PACKET_SECONDS = Fraction(4, 100)


class StreamCarrier:
    """Writes the input's other streams to the output as the video advances; `OtherStreams`.

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
            EncoderError: if audio can be neither copied nor encoded anew.
            DamagedInputError: if nothing is known of it, unless damage is allowed.
        """
        self.notes: list[str] = []
        self._info = info
        self._path = info.path
        self._container = container
        self._output = output
        self._allow_damaged = allow_damaged
        self._input = open_input(info.path)
        self._splices = find_splices(info.path, self._input.format.name)
        self._clock = SteadyClock(self._splices)
        self._tracks: dict[int, Track] = {}
        self._main = main_stream(self._input, info.path)
        self._video: Stream | None = None
        for stream in self._input.streams:
            if stream.type == "audio" and audio and self._is_known(stream):
                self._tracks[stream.index] = self._audio_track(stream)
            elif stream.type == "subtitle" and container.carries_subtitles(codec_name(stream)):
                self._tracks[stream.index] = self._subtitle_track(stream)
            elif stream.type in ("data", "attachment"):
                self._try_attachment(stream)
            elif stream.type == "video":
                self._note_video(stream)
            if stream.index not in self._tracks:
                stream.discard = Discard.all
        self._carry_metadata()
        self._kept = KeptRange(Fraction(0), None, None)
        self._packets: Iterator[Packet[Any]] | None = None
        self._held: Packet[Any] | None = None

    def begin(self, kept: KeptRange) -> None:
        """Say which part to carry over, once the first video frame is known.

        Chapters and timecodes belong to the header: call this before anything is written.
        """
        self._kept = kept
        self._carry_chapters()
        self._advance_timecodes()
        if kept.start is not None and kept.start > 1 and self._tracks and not self._splices:
            try:
                self._input.seek(int((kept.start - 1) * av.time_base))
            except av.FFmpegError:
                # A format without an index: read from its beginning instead.
                self._input.seek(0)

    def advance(self, time: Fraction) -> None:
        """Write what belongs before `time`, in seconds of the input's clock.

        Raises:
            DamagedInputError: if a stream cannot be read on.
        """
        while (packet := self._next()) is not None:
            if time_of(packet) > time:
                self._held = packet
                return
            self._carry(packet)

    def describe_video(self, target: Stream) -> None:
        """Give the output's video stream the name, language and role of the input's."""
        describe(self._main, target)
        self._video = target

    def finish(self, until: Fraction | None = None) -> None:
        """Write the rest, or what belongs before `until`, and what encoders still hold."""
        until = self._kept.end if until is None else until
        if until is not None:
            self.advance(until)
        else:
            while (packet := self._next()) is not None:
                self._carry(packet)
        for index, track in self._tracks.items():
            self._write(track.flush())
            self._require_whole(index, track)
            if track.broken:
                broken = counted(track.broken, "damaged packet")
                self.notes.append(f"stream {index}: left out {broken}")

    def close(self) -> None:
        """Close the input."""
        self._input.close()

    def _next(self) -> Packet[Any] | None:
        if self._held is not None:
            held, self._held = self._held, None
            return held
        if not self._tracks:
            return None
        if self._packets is None:
            self._packets = self._input.demux(
                [self._input.streams[index] for index in self._tracks]
            )
        try:
            # Packets without a time end the streams or cannot be placed.
            packet: Packet[Any] | None = next(
                (p for p in self._packets if p.pts is not None or p.dts is not None), None
            )
        except av.FFmpegError as error:
            if not self._allow_damaged:
                raise DamagedInputError(
                    f"the audio or subtitles of {self._path} cannot be read on: {reason_of(error)}"
                ) from error
            self.notes.append("audio or subtitles end early: the input cannot be read on")
            self._tracks.clear()
            return None
        if packet is not None:
            self._clock.correct(packet)
        return packet

    def _carry(self, packet: Packet[Any]) -> None:
        index = packet.stream_index
        track = self._tracks[index]
        if not track.cut(packet, self._kept):
            return
        shift = nearest(self._kept.shift / unit_of(packet))
        packet.pts = None if packet.pts is None else packet.pts - shift
        packet.dts = packet.pts if packet.dts is None else packet.dts - shift
        try:
            if track.goes_back(packet):
                track.broken += 1
            else:
                self._write(track.convert(packet))
        except av.InvalidDataError:
            # A muxer that has to look into packets found one that it cannot make sense of.
            track.broken += 1
        self._require_whole(index, track)

    def _write(self, packets: list[Packet[Any]]) -> None:
        self._output.mux(without_early(packets, self._container))

    def _require_whole(self, index: int, track: Track) -> None:
        if track.broken and not self._allow_damaged:
            raise DamagedInputError(
                f"{self._path} is damaged, a part of stream {index} cannot be decoded: "
                f"{ALLOW_DAMAGED}"
            )

    def _is_known(self, stream: Any) -> bool:
        """Return whether it can be found out what an audio stream holds."""
        is_described = stream.codec_context and stream.layout.nb_channels and stream.rate
        if is_described and (not has_adts(stream) or adts_config(self._path, stream.index)):
            return True
        if not self._allow_damaged:
            raise DamagedInputError(
                f"the sound of {self._path} in stream {stream.index} is damaged, begins late or is "
                f"of an unknown kind: {ALLOW_DAMAGED}, and it is left out"
            )
        self.notes.append(f"audio stream {stream.index}: left out, as nothing is known of it")
        return False

    def _audio_track(self, stream: Any) -> Track:
        codec = codec_name(stream)
        extension = self._container.extension
        if not self._container.holds(codec):
            reason = f"{extension} cannot hold {codec}"
        elif self._is_late(stream) and not self._container.delays_sound:
            reason = f"sound in {extension} cannot begin later than the picture"
        else:
            return self._audio_copy(stream)
        # What is not compressed need not be.
        is_plain = codec.startswith("pcm_") and self._container.holds(codec)
        encoder = codec if is_plain else self._container.audio_encoder or ""
        self.notes.append(f"audio stream {stream.index}: {reason}, encoded anew with {encoder}")
        is_steady = not self._container.delays_sound
        return AudioConversion(stream, self._output, encoder, is_steady=is_steady)

    def _audio_copy(self, stream: Any) -> Track:
        lead = PRIMING_PACKETS if self._container.negative_times else 0
        if has_adts(stream) and not self._container.takes_adts:
            config = adts_config(self._path, stream.index)
            return AdtsCopy(stream, self._output, lead, config)
        return AudioCopy(stream, self._output, lead)

    def _is_late(self, stream: Any) -> bool:
        """Whether sound begins later than what is kept of the picture, by more than a packet."""
        begin = self._info.clock_start if self._info.start is None else self._info.start
        late: Fraction = (stream.start_time or 0) * stream.time_base - begin
        return late > _PACKET_SECONDS

    def _subtitle_track(self, stream: Any) -> Track:
        codec = codec_name(stream)
        if self._container.holds(codec):
            return SubtitleCopy(stream, self._output)
        encoder = self._container.subtitle_encoder or ""
        self.notes.append(f"subtitle stream {stream.index}: {codec} converted to {encoder}")
        return SubtitleConversion(stream, self._output, encoder)

    def _try_attachment(self, stream: Stream) -> None:
        if stream.type == "attachment" and self._container.format == "matroska":
            self._output.add_stream_from_template(stream)
            return
        # Muxers make a stream of timecodes anew, of what the picture's is said to begin with.
        is_kept = self._container.keeps_timecode and "timecode" in stream.metadata
        # FFmpeg itself skips the titles of chapters, which it has read already.
        if stream.discard != Discard.all and not is_kept:
            self.notes.append(f"{stream.type} stream {stream.index} is not carried over")

    def _note_video(self, stream: Any) -> None:
        if stream.disposition & Disposition.attached_pic:
            self.notes.append("the cover picture is left out: it may show faces as they were")
        # The still picture that an animated AVIF begins with is one more stream.
        elif stream.index != self._main.index and stream.frames != 1:
            self.notes.append(
                f"video stream {stream.index} is not carried over: faces are swapped in stream "
                f"{self._main.index}, the main one"
            )

    def _carry_metadata(self) -> None:
        # What names the old file's muxer is for the new one to say.
        own = {"encoder", "major_brand", "minor_version", "compatible_brands"}
        found = {k: v for k, v in self._input.metadata.items() if k.lower() not in own}
        self._output.metadata.update(found)

    def _advance_timecodes(self) -> None:
        """Let timecodes begin with that of the first frame that is kept."""
        rate, unit = self._info.fps, self._main.time_base
        if self._kept.start is None or not rate or not unit:
            return
        beginning = (self._main.start_time or 0) * unit
        frames = nearest((self._kept.start - beginning) * rate)
        for owner in (self._output, self._video):
            metadata = {} if owner is None else owner.metadata
            for key in [key for key in metadata if key.lower() == "timecode"]:
                later = advanced_timecode(metadata[key], frames, rate)
                if later is None:
                    del metadata[key]
                else:
                    metadata[key] = later

    def _carry_chapters(self) -> None:
        chapters = self._input.chapters()
        kept = []
        for chapter in chapters:
            unit = chapter["time_base"] or Fraction(1, 1000)
            shift = nearest(self._kept.shift / unit)
            chapter["start"], chapter["end"] = chapter["start"] - shift, chapter["end"] - shift
            chapter["start"] = max(0, chapter["start"])
            if self._kept.end is not None:
                # A chapter that outlasts the picture would make the whole file longer.
                last = nearest((self._kept.end - self._kept.shift) / unit)
                chapter["end"] = min(chapter["end"], last)
            if chapter["start"] < chapter["end"]:
                kept.append(chapter)
        if kept:
            self._output.set_chapters(kept)

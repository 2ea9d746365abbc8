"""From packets to pictures."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator
from fractions import Fraction
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

import av
from av.container import InputContainer
from av.packet import Packet
from av.stream import Discard, Disposition
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from dlc.errors import DamagedInputError, InputError
from dlc.media.files.failures import ALLOW_DAMAGED, reason_of
from dlc.media.files.inputs import codec_name, open_input
from dlc.media.image.recognition import is_animated_png
from dlc.media.limits import MAX_VIDEO_PIXELS, MAX_VIDEO_SIDE, megapixels
from dlc.media.video.reading import asf, flv, matroska
from dlc.media.video.reading.damage import Ledger, describe_truncation, lacks_index
from dlc.media.video.reading.frame_grid import find_frame_grid
from dlc.media.video.reading.gaps import GapWatch
from dlc.media.video.reading.nvdec import nvdec, planar
from dlc.media.video.reading.splices import SteadyClock, find_splices
from dlc.media.video.reading.transport import has_lost_packets

# FFmpeg marks damaged pictures of H.264 reliably on one thread alone: with frame threads, one in
# seven broken pictures came without the mark, and with threads within a picture those of which only
# the rest was broken. One thread takes about 4 ms for a picture of 1920x1080.
_SURE_ALONE = frozenset({"h264"})
# With frame threads, broken pictures of VP8 come as if they were whole.
_SURE_WITHIN = frozenset({"vp8"})
# FFmpeg's own decoders of VP8 and VP9 leave the opacity channel out.
_WITH_OPACITY = MappingProxyType({"vp8": "libvpx", "vp9": "libvpx-vp9"})
# AVFMT_NOTIMESTAMPS among the flags of FFmpeg's containers; PyAV's stubs give it another type.
_NO_TIMESTAMPS = 0x80
_MATROSKA, _FLV, _ASF = "matroska,webm", "flv", "asf"
_HAS_BROKEN_END = {
    _MATROSKA: matroska.has_broken_end,
    _FLV: flv.has_broken_end,
    _ASF: asf.has_broken_end,
}
# A jump of a transport stream by more seconds is a splice.
_LONGEST_GAP = 10
# Pictures that H.264 and H.265 may store before one that is shown earlier.
_MOST_REORDERED = 16
# FFmpeg reads these, but they are text, lists of other files, or single pictures.
_NOT_VIDEOS = frozenset({"tty", "concat", "hls", "dash", "lavfi", "image2", "ffmetadata"})


class Decoder:
    """Decodes the main video stream of a file.

    Attributes:
        container: the open file.
        stream: its main video stream.
        ledger: what went in and what came out since the beginning or the last seek.
        grid: the evenly spaced times that the file has rounded and pictures get back; None where
            they keep those of the file.
        splices: where the file's clock jumps, if it does; the times of pictures are corrected.
        watch: finds what was lost of a transport stream, Matroska, FLV or WMV; None for others.
        gave_up: whether reading had to stop before the end.
    """

    def __init__(
        self,
        path: Path,
        *,
        allow_damaged: bool,
        threads: int | None,
        on_gpu: bool = False,
        advice: str = ALLOW_DAMAGED,
    ) -> None:
        """Open a file.

        Args:
            path: the file.
            allow_damaged: go on after what cannot be decoded.
            threads: of the processor; None leaves it to the decoder.
            on_gpu: decode by NVDEC, which `dlc.media.video.hardware` tells whether it can be done.
            advice: what to do about a damaged file that is refused.

        Raises:
            InputError: if it is no video, has no video stream, or is too large.
            DamagedInputError: if its index is missing.
        """
        self._path = path
        self._allow_damaged = allow_damaged
        self._advice = advice
        self._threads = threads
        self._on_gpu = on_gpu
        self.container, self.stream = _open(path, on_gpu=on_gpu)
        self._context = self._prepared_context()
        self.ledger = Ledger(codec_name(self.stream))
        self.grid = find_frame_grid(path, self.container.format.name, self.stream)
        self.splices = find_splices(path, self.container.format.name)
        self._clock = SteadyClock(self.splices)
        self.watch = self._new_watch(at_start=True)
        # AVI stores no presentation times, and what FFmpeg makes up for them is wrong with and
        # without B-frames. Pictures come at the times of the packets, whatever their order was.
        self._untimed = self.container.format.name == "avi"
        self._due: deque[int | None] = deque()
        self.gave_up = False

    def frames(self) -> Iterator[av.VideoFrame]:
        """Yield pictures from the current position on.

        Raises:
            DamagedInputError: if one cannot be decoded, unless damage is allowed.
        """
        for packet in _with_repeats(self._packets()):
            if packet.size:
                if self._clock.correct(packet) and self.watch is not None:
                    self.watch.begin_anew()
                if self._untimed:
                    packet.pts = packet.dts
                    self._due.append(packet.dts)
                self.ledger.add_packet(packet)
                if self.watch is not None:
                    self.watch.add(packet)
            elif self.watch is not None:
                self.watch.finish(end_is_broken=self._has_lost_end())
            for frame in self._decode(packet):
                if self._untimed:
                    frame.pts = self._due.popleft() if self._due else None
                self.ledger.add_frame(frame)
                if self.grid is not None:
                    self.grid.restore(frame)
                yield planar(frame) if self._on_gpu else frame

    def seek(self, pts: int) -> None:
        """Go to the last key frame at or before `pts`, or to the beginning where that fails.

        Args:
            pts: in units of `time_base`.
        """
        if self._untimed:
            # Times are counted from the first packet.
            self.rewind()
            return
        try:
            self.container.seek(self._stored(pts), stream=self.stream)
        except av.FFmpegError:
            self.rewind()
            return
        self._context.flush_buffers()
        self._start_over(at_start=False)

    @property
    def name(self) -> str:
        """FFmpeg's name of the decoder, of which a codec may have several."""
        return self._context.codec.name

    @property
    def stored_time_base(self) -> Fraction:
        """The unit, in seconds, that the file counts times in."""
        return self.stream.time_base or Fraction(1, 1000)

    @property
    def time_base(self) -> Fraction:
        """The unit, in seconds, of the times of pictures."""
        return self.stored_time_base if self.grid is None else self.grid.time_base

    @property
    def rate(self) -> Fraction | None:
        """Frames a second, on average; None if the file does not say."""
        # FFmpeg's average is 25 for streams without times, whatever they say themselves, and for
        # raw DV the inverse of its unit of time.
        is_untimed = self.container.format.flags & _NO_TIMESTAMPS
        is_wrong = is_untimed or codec_name(self.stream) == "dvvideo"
        average = None if is_wrong else self.stream.average_rate
        return average or self.stream.guessed_rate

    @property
    def is_reordered(self) -> bool:
        """Whether pictures are stored in another order than they are shown."""
        return self._context.has_b_frames

    def stated_end(self, reached: Fraction, length: Fraction) -> Fraction:
        """Return when the file says that its video ends; ask once it has been read.

        Args:
            reached: when the last picture ends, in seconds; if the file does not say, this is all.
            length: of one picture, in seconds.
        """
        tagged = matroska.tagged_end(self.container, self.stream)
        if tagged is not None:
            return tagged
        if not self._has_lost_end():
            return reached
        # Something is missing, even if the file does not say how much.
        return max(Fraction(self.container.duration or 0, av.time_base), reached + length)

    def _has_lost_end(self) -> bool:
        """Return whether a file is broken behind its last packet."""
        has_broken_end = _HAS_BROKEN_END.get(self.container.format.name)
        if has_broken_end is None or self.watch is None:
            return False
        position = self.watch.position
        return position is not None and has_broken_end(self._path, position)

    def rewind(self) -> None:
        """Go to the beginning."""
        self.container.close()
        self.container, self.stream = _open(self._path, on_gpu=self._on_gpu)
        self._context = self._prepared_context()
        self._start_over(at_start=True)

    def _stored(self, pts: int) -> int:
        """Return a time in the file's unit before that of the picture at `pts`."""
        if self.grid is None:
            return pts
        # One tick more, as the file may have rounded either way.
        return math.floor(pts * self.time_base / self.stored_time_base) - 1

    def _start_over(self, *, at_start: bool) -> None:
        self.ledger = Ledger(codec_name(self.stream))
        self.watch = self._new_watch(at_start=at_start)
        self._due.clear()

    def _new_watch(self, *, at_start: bool) -> GapWatch | None:
        name, stream = self.container.format.name, self.stream
        if name == "mpegts":
            is_broken = partial(has_lost_packets, self._path, stream.id)
            return GapWatch(stream, is_broken, at_start=at_start, longest=_LONGEST_GAP)
        if name == _MATROSKA:
            # Times of decoding are not stored.
            is_broken = partial(matroska.has_broken_chain, self._path)
            return GapWatch(stream, is_broken, at_start=at_start, reordered=_MOST_REORDERED)
        if name in (_FLV, _ASF):
            has_broken_chain = flv.has_broken_chain if name == _FLV else asf.has_broken_chain
            is_broken = partial(has_broken_chain, self._path)
            # Packets do not say how long they last.
            usual = round(1 / (self.rate * self.stored_time_base)) if self.rate else 0
            return GapWatch(stream, is_broken, at_start=at_start, usual=usual)
        return None

    def _prepared_context(self) -> VideoCodecContext:
        context, codec = _context_of(self.stream), codec_name(self.stream)
        width, height = context.width, context.height
        if width * height > MAX_VIDEO_PIXELS or max(width, height) > MAX_VIDEO_SIDE:
            raise InputError(
                f"{self._path} says its pictures have {width} x {height} pixels, and "
                f"{megapixels(MAX_VIDEO_PIXELS)}, {MAX_VIDEO_SIDE} a side, is all that is read: "
                "scale it down"
            )
        # For pictures that turn out larger than announced.
        context.options["max_pixels"] = str(MAX_VIDEO_PIXELS)
        # NVDEC has no use for threads, and each would keep pictures on the GPU.
        is_alone = self._on_gpu or codec in _SURE_ALONE
        context.thread_count = 1 if is_alone else self._threads or 0
        # With frame threads the pictures around a damaged one may get lost: where damage is
        # expected, take the threads that work within one picture.
        within = self._allow_damaged or codec in _SURE_WITHIN
        context.thread_type = "SLICE" if within else "AUTO"
        return context

    def _packets(self) -> Iterator[Packet[VideoStream]]:
        seen = -1
        while True:
            try:
                yield from self.container.demux(self.stream)
            except av.FFmpegError as error:
                self._fail(error)
                if self.ledger.packets == seen:
                    # Not a packet further than the last time.
                    self.gave_up = True
                    yield from self._flush_packet()
                    return
                seen = self.ledger.packets
            else:
                return

    def _flush_packet(self) -> Iterator[Packet[VideoStream]]:
        packet: Packet[Any] = Packet()
        packet.time_base = self.stream.time_base  # type: ignore[assignment]
        yield packet

    def _decode(self, packet: Packet[VideoStream]) -> list[av.VideoFrame]:
        try:
            return self._context.decode(packet)
        except av.FFmpegError as error:
            self.ledger.add_error()
            if packet.size and self._due:
                self._due.pop()
            self._fail(error)
            return []

    def _fail(self, error: av.FFmpegError) -> None:
        if self._on_gpu:
            raise DamagedInputError(
                f"{self._path} cannot be decoded by NVDEC after about {self.ledger.packets} frames "
                f"({reason_of(error)}): decode it in software, which tells damage from the rest"
            ) from error
        if not self._allow_damaged:
            raise DamagedInputError(
                f"{self._path} is damaged after about {self.ledger.packets} frames "
                f"({reason_of(error)}): {self._advice}"
            ) from error


def _with_repeats(packets: Iterator[Packet[Any]]) -> Iterator[Packet[Any]]:
    """Yield packets, each for as long as those last that say that its picture stays.

    Theora's encoders write an empty one for that, which FFmpeg's decoders refuse. An empty one
    without a time is PyAV's, and flushes the decoder.
    """
    last = None
    for packet in packets:
        if last is not None and not packet.size and packet.dts is not None:
            last.duration = (last.duration or 0) + (packet.duration or 0)
            continue
        if last is not None:
            yield last
        last = packet
    if last is not None:
        yield last


def _context_of(stream: VideoStream) -> VideoCodecContext:
    """Return the stream's decoder, or one that also decodes its opacity."""
    context = stream.codec_context
    is_transparent = {k.lower(): v for k, v in stream.metadata.items()}.get("alpha_mode") == "1"
    decoder = _WITH_OPACITY.get(codec_name(stream))
    if not is_transparent or decoder is None:
        return context
    described = context
    context = av.CodecContext.create(decoder, "r")  # type: ignore[assignment]
    if described.extradata:
        context.extradata = described.extradata
    # Of colors, these are in the container only.
    context.color_primaries, context.color_trc = described.color_primaries, described.color_trc
    return context


def _open(path: Path, *, on_gpu: bool) -> tuple[InputContainer, VideoStream]:
    """Open a file and let everything in it be skipped except its main video stream."""
    container = _open_video(path, on_gpu=on_gpu)
    stream = main_stream(container, path)
    for other in container.streams:
        if other.index != stream.index:
            other.discard = Discard.all
    return container, stream


def _open_video(path: Path, *, on_gpu: bool) -> InputContainer:
    try:
        container = open_input(path, nvdec() if on_gpu else None)
    except InputError as error:
        if lacks_index(path):
            raise DamagedInputError(
                f"{path} has lost its end and with it the index: it cannot be read"
            ) from error
        if describe_truncation(path):
            raise DamagedInputError(f"{path} has lost too much of its end to be read") from error
        raise
    name = container.format.name
    if name in _NOT_VIDEOS or name.endswith("_pipe"):
        container.close()
        if is_animated_png(path):
            raise InputError(
                f"{path} is an animated PNG of a kind that cannot be read, such as one with a "
                "color profile: convert it to GIF or MP4"
            )
        raise InputError(f"{path} is not a video or picture that can be read")
    return container


def main_stream(container: InputContainer, path: Path) -> VideoStream:
    """Return the best video stream that is no cover picture.

    Raises:
        InputError: if there is none, or none that can be decoded.
    """
    videos = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]
    if not videos:
        raise InputError(f"{path} has no video stream")
    best = container.streams.best("video")
    stream = next((s for s in videos if best is not None and s.index == best.index), videos[0])
    if stream.codec_context is None:
        raise InputError(f"{path} has a video stream of a kind that cannot be decoded")
    return stream

"""Reading videos frame by frame, with exact times and nothing lost in silence."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial
from itertools import chain
from pathlib import Path

import av

from dlc.counted import counted
from dlc.errors import DamagedInputError, OptionError
from dlc.media.closing import Closing
from dlc.media.files.failures import ALLOW_DAMAGED
from dlc.media.files.inputs import codec_name
from dlc.media.files.paths import require_file
from dlc.media.frames.color import ColorTags, convert
from dlc.media.frames.fields import field_order
from dlc.media.frames.frame import Frame
from dlc.media.frames.orientation import UPRIGHT, Orientation
from dlc.media.frames.planes import addressable_format
from dlc.media.frames.side_data import display_matrix, hdr_metadata
from dlc.media.frames.square_pixels import shown_width
from dlc.media.frames.stretched_frame import StretchedFrame
from dlc.media.info import MediaInfo
from dlc.media.video.reading.damage import describe_truncation
from dlc.media.video.reading.decoding import Decoder
from dlc.media.video.reading.gif import GifFacts, read_gif
from dlc.media.video.reading.timeline import Timeline
from dlc.media.video.reading.trimming import no_frame_from, trimmed
from dlc.options import VideoDecoder


class VideoReader(Closing):
    """Iterates over the frames of a video, once.

    Attributes:
        info: what is known of the video.
        allow_damaged: whether what can be read of a damaged video is enough.
        frames_read: frames delivered so far.
        frames_damaged: of these, how many the decoder had to patch up.
        frames_lost: frames that could not be delivered; known at the end. Where the file's index
            is gone too it is an estimate from the duration the file says it has.
        notes: what was irregular, in words for the user.
    """

    def __init__(
        self,
        path: Path,
        *,
        start: float | None = None,
        end: float | None = None,
        allow_damaged: bool = False,
        threads: int | None = None,
        decoder: VideoDecoder = VideoDecoder.SOFTWARE,
        advice: str = ALLOW_DAMAGED,
    ) -> None:
        """Open a video and decode its first frame.

        Args:
            path: the file.
            start: seconds into the file of the first frame wanted; None is the beginning.
            end: seconds into the file before which the last frame wanted begins; None is the end.
            allow_damaged: deliver what can be read of a damaged file instead of refusing it.
            threads: for the decoder; None leaves it to the decoder.
            decoder: what decodes; `dlc.media.video.hardware` tells whether NVDEC can.
            advice: what to do about a damaged file that is refused.

        Raises:
            InputError: if there is no such file, or it is empty, a folder, no media file, or has
                no video stream.
            DamagedInputError: if the file is truncated or its first frame cannot be decoded.
            OptionError: if `start` and `end` do not lie in the file in this order.
        """
        self.path = path
        require_file(self.path)
        self.allow_damaged = allow_damaged
        self._advice = advice
        self.frames_read = 0
        self.frames_damaged = 0
        self.frames_lost = 0
        on_gpu = decoder is VideoDecoder.NVDEC
        self._decoder = Decoder(
            self.path,
            allow_damaged=allow_damaged,
            threads=threads,
            on_gpu=on_gpu,
            advice=advice,
        )
        self._timeline = Timeline(self._decoder)
        self.notes = self._splice_notes()
        self._truncation = self._allowed_truncation()
        self._packets_expected = self._indexed_frames()
        self._last: int | None = None
        self._last_duration = 0
        self._times_changed = 0
        self._rescaled = 0
        first, self._natives = self._begin()
        whole = self._describe(first)
        self._file_end = self._timeline.end
        begin = (first.pts or 0) * whole.time_base
        self.info = trimmed(
            whole, start, end, origin=self.origin(), first=begin, total=self._file_end
        )
        self._go_to_start(first)

    def __iter__(self) -> Iterator[Frame]:
        """Yield the frames in order of presentation.

        Raises:
            DamagedInputError: if a frame is damaged or missing, unless damage is allowed.
            OptionError: if no frame lies in the wanted range.
        """
        info, origin = self.info, self.origin()
        frame_of = _kind_of_frame(info)
        begin, stop = self._ticks(info.start), self._ticks(info.end)
        for native in self._natives:
            pts = self._stamp(native)
            if begin is not None and pts < begin:
                continue
            if stop is not None and pts >= stop:
                self._count_lost(self._frames_in_gaps(stop))
                break
            self._check_intact(native, pts)
            yield frame_of(
                self._uniform(native),
                index=self.frames_read,
                pts=pts,
                time_base=info.time_base,
                origin=origin,
                orientation=info.orientation,
                tags=info.colors,
            )
            self.frames_read += 1
        else:
            self._account()
        if begin is not None and self._last is not None and self._last < begin:
            seconds = [float(pts * info.time_base - origin) for pts in (begin, self._last)]
            raise no_frame_from(self.path, *seconds)
        if not self.frames_read:
            raise OptionError(f"no frame of {self.path} lies in the wanted range")
        self._report()

    def close(self) -> None:
        """Close the file."""
        self._decoder.container.close()

    def _allowed_truncation(self) -> str | None:
        """Return how the file is truncated, if it is and that is allowed."""
        truncation = describe_truncation(self.path)
        if truncation and not self.allow_damaged:
            self.close()
            raise DamagedInputError(f"{self.path} is truncated ({truncation}): {self._advice}")
        return truncation

    def _begin(self) -> tuple[av.VideoFrame, Iterator[av.VideoFrame]]:
        """Return the first frame, and all frames with it."""
        natives = self._decoder.frames()
        first = next(natives, None)
        if first is None:
            self.close()
            raise DamagedInputError(f"no frame of {self.path} can be decoded")
        return first, chain([first], natives)

    def _describe(self, frame: av.VideoFrame) -> MediaInfo:
        container, stream = self._decoder.container, self._decoder.stream
        codec = codec_name(stream)
        matrix = display_matrix(frame, codec)
        orientation = Orientation.from_display_matrix(matrix) if matrix else UPRIGHT
        width, height = orientation.upright_size(frame.width, frame.height)
        fps, grid = self._decoder.rate, self._decoder.grid
        duration = self._timeline.duration
        count = self._packets_expected or (round(duration * fps) if duration and fps else None)
        ratio = stream.sample_aspect_ratio
        is_gif = container.format.name == "gif"
        gif = read_gif(self.path) if is_gif else GifFacts(repeats=None, is_opaque=False)
        return MediaInfo(
            path=self.path,
            format=container.format.name,
            width=width,
            height=height,
            coded_width=frame.width,
            coded_height=frame.height,
            pix_fmt=addressable_format(frame.format.name),
            colors=ColorTags.of(frame),
            orientation=orientation,
            display_matrix=matrix,
            time_base=self._decoder.time_base,
            rounded_to=grid.tick if grid else None,
            fps=grid.nominal(fps) if grid and fps else fps,
            frame_count=count,
            hdr=hdr_metadata(frame, codec),
            sample_aspect_ratio=ratio if ratio and ratio != 1 else None,
            reordered=self._decoder.is_reordered,
            fields=field_order(frame),
            frame_grid=grid.rate if grid else stream.base_rate,
            audio_codecs=tuple(codec_name(s) for s in container.streams.audio),
            audio_rates=tuple(s.rate for s in container.streams.audio if s.codec_context),
            subtitle_codecs=tuple(codec_name(s) for s in container.streams.subtitles),
            repeats=gif.repeats,
            is_opaque=gif.is_opaque,
            clock_start=self._timeline.clock_start,
        )

    def _indexed_frames(self) -> int:
        """Return how many frames the file's index lists; 0 where it has none to rely on."""
        if "mov" not in self._decoder.container.format.name.split(","):
            return 0
        # Shorter than the count in the header where an edit list leaves frames out.
        return len(self._decoder.stream.index_entries)

    def _splice_notes(self) -> list[str]:
        splices = self._decoder.splices
        if splices is None:
            return []
        times = ", ".join(f"{float(time - self.origin()):.2f}" for time in splices.times)
        return [
            f"the clock of {self.path.name} jumps at {times} s: what comes after goes on there, "
            "picture and sound in step"
        ]

    @property
    def is_damaged(self) -> bool:
        """Whether decoding has met damage so far that was allowed."""
        return bool(self.frames_damaged or self._decoder.ledger.errors)

    def origin(self) -> Fraction:
        """Return the time on the container's clock that a player shows as 0."""
        return self._timeline.origin

    def _go_to_start(self, first: av.VideoFrame) -> None:
        """Continue from the key frame before the wanted start, if it is not the beginning."""
        wanted = self._ticks(self.info.start)
        if wanted is None or (first.pts is not None and first.pts >= wanted):
            return
        self._decoder.seek(wanted)
        natives = self._decoder.frames()
        found = next(natives, None)
        if found is None or found.pts is None or found.pts > wanted:
            # The file's index led past the wanted frame.
            self._decoder.rewind()
            self._natives = self._decoder.frames()
        else:
            self._natives = chain([found], natives)

    def _stamp(self, native: av.VideoFrame) -> int:
        """Return a frame's time; where the file has none or it does not rise, the next possible."""
        pts = native.pts if native.pts is not None else native.dts
        if pts is None:
            step = 1 / (self.info.fps or 25) / self.info.time_base
            pts = 0 if self._last is None else self._last + max(1, round(step))
            self._times_changed += 1
        elif self._last is not None and pts <= self._last:
            pts = self._last + 1
            self._times_changed += 1
        self._last, self._last_duration = pts, native.duration or 0
        return pts

    def _ticks(self, time: Fraction | None) -> int | None:
        """Return the first tick that is not before a time in seconds, if there is one."""
        return None if time is None else math.ceil(time / self.info.time_base)

    def _check_intact(self, native: av.VideoFrame, pts: int) -> None:
        if not self.allow_damaged and self._decoder.watch and self._decoder.watch.gaps:
            # Now, rather than when the rest has been processed in vain.
            self._count_lost(self._frames_in_gaps(pts + 1))
        if native.is_corrupt:
            self.frames_damaged += 1
            if not self.allow_damaged:
                time = float(pts * self.info.time_base - self.origin())
                raise DamagedInputError(f"{self.path} is damaged at {time:.2f} s: {self._advice}")

    def _uniform(self, native: av.VideoFrame) -> av.VideoFrame:
        """Return a frame in the size and format of the first, as an encoder needs it."""
        info = self.info
        size = (info.coded_width, info.coded_height)
        if native.format.name == info.pix_fmt and (native.width, native.height) == size:
            return native
        self._rescaled += (native.width, native.height) != size
        source = info.colors.resolved(native.format.name, native.height)
        target = info.colors.resolved(info.pix_fmt, native.height)
        return convert(native, info.pix_fmt, source, target, size)

    def _account(self) -> None:
        """Find out, at the end of the file, what was not delivered."""
        ledger = self._decoder.ledger
        lost = ledger.missing + self._frames_in_gaps(None)
        if self._packets_expected and self.info.start is None:
            lost += max(0, self._packets_expected - ledger.packets)
        elif self.info.fps:
            length = max(self._last_duration * self.info.time_base, 1 / self.info.fps)
            reached = (self._last or 0) * self.info.time_base + length
            if self._truncation or self._decoder.gave_up:
                end = self._file_end or reached
            else:
                end = self._decoder.stated_end(reached, length)
            lost += max(0, round((end - reached) * self.info.fps))
        self._count_lost(lost)

    def _frames_in_gaps(self, stop: int | None) -> int:
        """Return how many frames are missing in gaps, of those before a time or of all."""
        watch, info = self._decoder.watch, self.info
        if watch is None or not info.fps:
            return 0
        ticks = sum(gap for begin, gap in watch.gaps if stop is None or begin < stop)
        return round(ticks * info.time_base * info.fps)

    def _count_lost(self, lost: int) -> None:
        self.frames_lost = lost
        if lost and not self.allow_damaged:
            raise DamagedInputError(
                f"{self.path} is damaged: {lost} of its frames cannot be read, {self.frames_read} "
                f"can; {self._advice}"
            )

    def _report(self) -> None:
        if self._truncation:
            self.notes.append(f"the input is truncated: {self._truncation}")
        if self.frames_lost:
            lost = counted(self.frames_lost, "frame")
            self.notes.append(f"{lost} of the input could not be read")
        if self.frames_damaged:
            self.notes.append(f"the input has {counted(self.frames_damaged, 'damaged frame')}")
        if self._times_changed:
            changed = counted(self._times_changed, "frame")
            self.notes.append(f"{changed} had no usable time and got the next")
        if self._rescaled:
            rescaled = counted(self._rescaled, "frame")
            self.notes.append(f"scaled {rescaled} of another size to the first's")


def _kind_of_frame(info: MediaInfo) -> Callable[..., Frame]:
    """Return what makes frames of decoded pictures."""
    width = shown_width(
        info.coded_width, info.coded_height, info.sample_aspect_ratio, info.orientation
    )
    return Frame if width == info.width else partial(StretchedFrame, shown_width=width)

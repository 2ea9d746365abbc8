"""Writing videos: whole or not at all, with the input's times, colors and other streams."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import av
from av.packet import Packet
from av.video.frame import PictureType

from dlc.errors import Cancelled, EncoderError, OutputError, WriteError
from dlc.media.files.atomic import AtomicFile, Finish
from dlc.media.files.failures import reason_of
from dlc.media.frames.frame import Frame
from dlc.media.info import MediaInfo
from dlc.media.video.carrying.other_streams import AddStreams, OtherStreams
from dlc.media.video.carrying.streams import StreamCarrier
from dlc.media.video.carrying.tracks import KeptRange
from dlc.media.video.clock import OutputClock
from dlc.media.video.reading.reader import VideoReader
from dlc.media.video.writing.conform import Conformer
from dlc.media.video.writing.encoder_stream import add_video_stream
from dlc.media.video.writing.muxer import Muxer, naming_refusals
from dlc.media.video.writing.plan import check_video
from dlc.options import EncodeOptions


class VideoWriter:
    """Encodes frames, and carries the input's other streams over or adds some of its own.

    The file is written under a temporary name beside the output and renamed by `close`. Used as a
    context manager, it closes when the block ends, aborts when the user stops the block, and
    removes what was written when the block fails.

    Attributes:
        path: the output.
        notes: what is not as it is in the input, in words for the user.
        frames_written: how many frames were written.
    """

    def __init__(
        self,
        path: Path,
        source: VideoReader | MediaInfo,
        encoding: EncodeOptions | None = None,
        *,
        overwrite: bool = False,
        keep_partial: bool = False,
        threads: int | None = None,
        mark: bool = True,
        others: AddStreams | None = None,
        survives_kill: bool = False,
        finish: Finish | None = None,
    ) -> None:
        """Check everything that can be checked, and open the encoder.

        Args:
            path: the output; its extension says which container it is.
            source: the target being processed, or what is known of it.
            encoding: how to encode; the defaults if None.
            overwrite: whether an existing file may be replaced.
            keep_partial: whether `abort`, and a block that the user stops, leave what was written
                so far under the output's name.
            threads: for the encoder; None leaves it to the encoder.
            mark: whether the container's comment says that the video is synthetic.
            others: adds what the file has besides its pictures; None carries the input's over.
            survives_kill: whether the temporary file can be played up to its last seconds if the
                process is killed, where the container can do that.
            finish: the last thing done with the file before it gets its name, such as signing it.

        Raises:
            OutputError: if the output may not or cannot be written there.
            EncoderError: if the encoder is unknown, does not fit or cannot be opened.
            InputError: if the target's other streams cannot be opened.
        """
        self.path = path
        self._info = source.info if isinstance(source, VideoReader) else source
        self._encoding = encoding or EncodeOptions()
        self._plan = check_video(self.path, self._info, self._encoding, overwrite=overwrite)
        self._keep_partial = keep_partial
        self.notes = list(self._plan.notes)
        self.frames_written = 0
        self._newest = Fraction(0)
        self._done = False
        self._clock: OutputClock | None = None
        self._conform = Conformer(self._info, self._plan)
        self._file = AtomicFile(self.path, overwrite=overwrite, finish=finish)
        self._muxer = Muxer(self._file, self._plan, survives_kill=survives_kill)
        self._stream = add_video_stream(
            self._muxer.container, self._plan, self._info, self._encoding, self._conform, threads
        )
        self._others = self._carried(source) if others is None else self._added(others)
        self._others.describe_video(self._stream)
        if mark:
            self._plan.note_comment(self._muxer.container.metadata)

    def write(self, frame: Frame) -> None:
        """Encode one frame; times must rise from frame to frame.

        Raises:
            WriteError: if the disk is full or refuses otherwise.
            EncoderError: if the encoder fails.
            DamagedInputError: if the input's audio cannot be read on.
        """
        if self._clock is None:
            self._clock = self._begin(frame)
        duration = frame.native.duration
        native = self._conform(frame.native)
        native.pts = self._clock.stamp(frame.pts or 0)
        native.duration = self._clock.span(duration)
        native.time_base = self._plan.time_base
        # The decoder's picture types would force the same ones on the encoder.
        native.pict_type = PictureType.NONE
        self._muxer.write(self._encode(native))
        self.frames_written += 1
        self._newest = frame.exact_time
        with naming_refusals(self.path):
            self._others.advance(self._newest)

    def close(self) -> None:
        """Finish the file and give it its name; does nothing the second time.

        Raises:
            OutputError: if no frame was written, or a file appeared under the output's name.
            WriteError: if the disk is full or refuses otherwise.
            DlcError: whatever finishing the file raises.
        """
        if self._done:
            return
        try:
            if not self.frames_written:
                raise OutputError(f"there is no frame to write to {self.path}")
            self._finish(None)
        finally:
            self._drop()

    def abort(self) -> None:
        """Stop: remove what was written, or with `keep_partial` finish it as it is."""
        if self._done:
            return
        try:
            if self._keep_partial and self.frames_written:
                self._finish(self._newest)
        finally:
            self._drop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self.close()
        elif isinstance(error, Cancelled | KeyboardInterrupt):
            self.abort()
        else:
            # Only a run that the user stops may leave a part of the output: a failed one may have
            # nothing worth keeping, or nothing that can be finished.
            self._drop()

    def _carried(self, source: VideoReader | MediaInfo) -> OtherStreams:
        """Open the input for its other streams."""
        return StreamCarrier(
            self._info,
            self._plan.container,
            self._muxer.container,
            audio=self._encoding.audio,
            allow_damaged=isinstance(source, VideoReader) and source.allow_damaged,
        )

    def _added(self, others: AddStreams) -> OtherStreams:
        return others(self._plan.container, self._muxer.container)

    def _begin(self, frame: Frame) -> OutputClock:
        """Write the header, now that the time of the first frame is known."""
        info = self._info
        kept = KeptRange.of(info, frame.exact_time)
        self._others.begin(kept)
        self._muxer.begin()
        return OutputClock(info.time_base, self._plan.time_base, kept.shift)

    def _encode(self, native: av.VideoFrame | None) -> list[Packet[Any]]:
        try:
            packets: list[Packet[Any]] = self._stream.encode(native)
        except (OSError, ValueError, av.FFmpegError) as error:
            raise EncoderError(
                f"{self._plan.encoder.name} failed at frame {self.frames_written}: "
                f"{reason_of(error)}; try another encoder"
            ) from error
        return packets

    def _finish(self, until: Fraction | None) -> None:
        packets = self._encode(None)
        if self.frames_written <= 2:
            # Of so few x265 leaves the decoding times to whatever is in memory. Nothing can be
            # reordered among them, so they are decoded when they are shown.
            for packet in packets:
                packet.dts = packet.pts
        self._muxer.write(packets)
        if not self._muxer.packets_written:
            raise self._incomplete()
        with naming_refusals(self.path):
            self._others.finish(until)
        self._muxer.close()
        if self._muxer.packets_written < self.frames_written:
            raise self._incomplete()
        self._report()
        self._file.commit()

    def _incomplete(self) -> WriteError:
        return WriteError(
            f"{self._plan.encoder.name} returned {self._muxer.packets_written} of "
            f"{self.frames_written} frames: try another encoder"
        )

    def _report(self) -> None:
        self.notes += self._others.notes
        if self._plan.container.constant_rate and self._clock and self._clock.worst_error > 1e-4:
            self.notes.append(
                f"frame times moved by up to {self._clock.worst_error * 1000:.1f} ms: "
                f"{self._plan.container.extension} has one frame rate, {float(self._plan.rate):g}"
            )

    def _drop(self) -> None:
        """Close everything and remove the temporary file, if it was not renamed."""
        self._done = True
        self._others.close()
        self._muxer.drop(self._stream)
        self._file.discard()

"""Reading videos frame by frame, with exact times and nothing lost in silence."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import TracebackType

import av

from dlc.errors import DamagedInputError, InputError
from dlc.media.color import ColorTags
from dlc.media.failures import require_file, unreadable
from dlc.media.frame import Frame
from dlc.media.info import MediaInfo
from dlc.media.orientation import UPRIGHT, Orientation


class VideoReader:
    """Iterates over the frames of a video."""

    def __init__(
        self,
        path: str | Path,
        *,
        start: float | None = None,
        end: float | None = None,
        allow_damaged: bool = False,
        threads: int | None = None,
    ) -> None:
        self.path = Path(path)
        require_file(self.path)
        try:
            self._container = av.open(f"file:{self.path}")
        except (OSError, av.FFmpegError) as error:
            raise unreadable(self.path, error) from error
        streams = self._container.streams.video
        if not streams:
            raise InputError(f"{self.path} has no video stream")
        self._stream = streams[0]
        self._stream.thread_type = "AUTO"
        self._stream.thread_count = threads or 0
        self.frames_read = 0
        self.frames_lost = 0
        self.frames_damaged = 0
        self.notes: list[str] = []
        self._decoded = self._container.decode(self._stream)
        try:
            self._first = next(self._decoded)
        except (StopIteration, av.FFmpegError) as error:
            raise DamagedInputError(f"no frame of {self.path} can be decoded") from error
        self.info = self._describe(self._first)

    def _describe(self, frame: av.VideoFrame) -> MediaInfo:
        stream = self._stream
        matrix = None
        if "DISPLAYMATRIX" in {d.type.name for d in frame.side_data}:
            import struct

            matrix = struct.unpack("9i", bytes(frame.side_data["DISPLAYMATRIX"]))
        orientation = Orientation.from_display_matrix(matrix) if matrix else UPRIGHT
        width, height = orientation.upright_size(frame.width, frame.height)
        return MediaInfo(
            path=self.path,
            format=self._container.format.name,
            codec=stream.codec_context.name,
            width=width,
            height=height,
            coded_width=frame.width,
            coded_height=frame.height,
            pix_fmt=frame.format.name,
            colors=ColorTags.of(frame),
            orientation=orientation,
            display_matrix=matrix,
            time_base=stream.time_base,
            fps=stream.average_rate,
            frame_count=stream.frames or None,
            duration=float(stream.duration * stream.time_base) if stream.duration else None,
            sample_aspect_ratio=stream.sample_aspect_ratio,
            audio_streams=len(self._container.streams.audio),
            subtitle_streams=len(self._container.streams.subtitles),
        )

    def __iter__(self) -> Iterator[Frame]:
        for native in self._all():
            frame = Frame(
                native,
                index=self.frames_read,
                pts=native.pts,
                time_base=Fraction(self._stream.time_base),
                orientation=self.info.orientation,
                tags=self.info.colors,
            )
            self.frames_read += 1
            yield frame

    def _all(self) -> Iterator[av.VideoFrame]:
        yield self._first
        yield from self._decoded

    def close(self) -> None:
        """Close the file."""
        self._container.close()

    def __enter__(self) -> VideoReader:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def open_target(
    path: str | Path,
    *,
    start: float | None = None,
    end: float | None = None,
    allow_damaged: bool = False,
    threads: int | None = None,
) -> VideoReader:
    """Open a video."""
    return VideoReader(path, start=start, end=end, allow_damaged=allow_damaged, threads=threads)

"""Writing videos: atomically, with the input's times and streams."""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType

import av

from dlc.errors import OutputError
from dlc.media.failures import unwritable
from dlc.media.frame import Frame
from dlc.media.info import MediaInfo
from dlc.media.reader import VideoReader
from dlc.options import EncodeOptions


class VideoWriter:
    """Encodes frames and carries the other streams over."""

    def __init__(
        self,
        path: str | Path,
        source: VideoReader | MediaInfo,
        encoding: EncodeOptions | None = None,
        *,
        overwrite: bool = False,
        keep_partial: bool = False,
        threads: int | None = None,
    ) -> None:
        self.path = Path(path)
        info = source.info if isinstance(source, VideoReader) else source
        encoding = encoding or EncodeOptions()
        if self.path.exists() and not overwrite:
            raise OutputError(
                f"{self.path} exists already: choose another name or pass --overwrite"
            )
        self.keep_partial = keep_partial
        self.notes: list[str] = []
        self.frames_written = 0
        self._temporary = self.path.with_name(
            f".{self.path.stem}.dlc-{os.getpid()}{self.path.suffix}"
        )
        self._container = av.open(f"file:{self._temporary}", "w")
        self._stream = self._container.add_stream(
            encoding.encoder or "libx264",
            rate=info.fps,
            options={"crf": str(encoding.quality), "preset": "veryfast"},
        )
        self._stream.width, self._stream.height = info.coded_width, info.coded_height
        self._stream.pix_fmt = info.pix_fmt
        self._stream.codec_context.time_base = info.time_base
        self._stream.time_base = info.time_base
        self._stream.codec_context.thread_count = threads or 0
        if info.display_matrix:
            self._stream.set_display_matrix(info.display_matrix)
        self._input = av.open(f"file:{info.path}")
        self._copies = {}
        if encoding.audio:
            for audio in self._input.streams.audio:
                self._copies[audio.index] = self._container.add_stream_from_template(audio)
        try:
            self._container.start_encoding()
        except (OSError, av.FFmpegError) as error:
            raise unwritable(self.path, error) from error
        self._packets = self._input.demux(self._input.streams.audio)

    def write(self, frame: Frame) -> None:
        """Encode one frame."""
        native = frame.native
        native.pict_type = 0
        self._container.mux(self._stream.encode(native))
        self.frames_written += 1

    def close(self) -> None:
        """Finish the file and give it its name."""
        self._container.mux(self._stream.encode(None))
        if self._copies:
            for packet in self._packets:
                if packet.dts is not None:
                    packet.stream = self._copies[packet.stream.index]
                    self._container.mux(packet)
        self._container.close()
        self._input.close()
        self._temporary.replace(self.path)

    def abort(self) -> None:
        """Drop what was written."""
        self._container.close()
        self._temporary.unlink(missing_ok=True)

    def __enter__(self) -> VideoWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.abort()


def open_output(
    path: str | Path,
    source: VideoReader | MediaInfo,
    encoding: EncodeOptions | None = None,
    *,
    overwrite: bool = False,
    keep_partial: bool = False,
    threads: int | None = None,
) -> VideoWriter:
    """Open a video for writing."""
    return VideoWriter(
        path, source, encoding, overwrite=overwrite, keep_partial=keep_partial, threads=threads
    )

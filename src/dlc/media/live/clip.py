"""Videos of any origin as pictures with times: files, image sequences, FFmpeg's own sources."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

import av
from av.container import InputContainer

from dlc.arrays import Image
from dlc.errors import DamagedInputError, InputError
from dlc.media.files.failures import reason_of
from dlc.media.files.inputs import codec_name
from dlc.media.frames.color import ColorTags
from dlc.media.frames.orientation import UPRIGHT, Orientation
from dlc.media.frames.side_data import display_matrix
from dlc.media.live.display import Display
from dlc.media.video.reading.reader import VideoReader


@dataclass(frozen=True, slots=True)
class ClipPicture:
    """A decoded picture that becomes pixels only if it is wanted.

    Attributes:
        seconds: when it is shown, on the clip's own clock.
        to_bgr: returns uint8 (h, w, 3) BGR, upright and with square pixels.
    """

    seconds: float
    to_bgr: Callable[[], Image]


class Clip(Protocol):
    """A video that is gone through once, from its beginning.

    Attributes:
        width: of the picture as shown, in pixels.
        height: of the picture as shown, in pixels.
        fps: nominal frame rate.
    """

    width: int
    height: int
    fps: float

    def pictures(self) -> Iterator[ClipPicture]:
        """Yield the pictures in order of presentation."""

    def close(self) -> None:
        """Close the file."""


class FileClip:
    """A video file, read as `VideoReader` reads it."""

    def __init__(self, reader: VideoReader) -> None:
        self._reader = reader
        info = reader.info
        self._display = Display(
            info.coded_width, info.coded_height, info.sample_aspect_ratio, info.orientation
        )
        self.width, self.height = self._display.width, self._display.height
        self.fps = float(info.fps or 25)

    def pictures(self) -> Iterator[ClipPicture]:
        """Yield the pictures; the errors are those of `VideoReader`."""
        colors = self._reader.info.colors
        for frame in self._reader:
            yield _picture(frame.native, frame.time, colors, self._display)

    def close(self) -> None:
        """Close the file."""
        self._reader.close()


@dataclass(frozen=True, slots=True)
class ContainerSpec:
    """What FFmpeg is told to open.

    Attributes:
        url: file pattern, filter graph or address.
        name: what messages call it.
        format: FFmpeg's name of the input format; None lets it find out.
        options: of the input format and the protocol.
        timeout: seconds to wait for a connection, and for data.
    """

    url: str
    name: str
    format: str | None = None
    options: dict[str, str] = field(default_factory=dict)
    timeout: tuple[float, float] | None = None

    def open(self) -> InputContainer:
        """Open it and check that there is a video in it.

        Raises:
            InputError: it cannot be opened, or has no video.
        """
        try:
            container = av.open(
                self.url,
                format=self.format,
                options=dict(self.options),
                timeout=self.timeout,
                metadata_errors="surrogateescape",
            )
        except (OSError, ValueError, av.FFmpegError) as error:
            raise InputError(f"{self.name} cannot be opened: {reason_of(error)}") from error
        if not container.streams.video or container.streams.video[0].codec_context is None:
            container.close()
            raise InputError(f"{self.name} has no video that can be decoded")
        return container


class ContainerClip:
    """The first video stream of whatever FFmpeg can open."""

    def __init__(self, spec: ContainerSpec) -> None:
        """Open it and decode its first picture.

        Raises:
            InputError: it cannot be opened, or has no video.
        """
        self._name = spec.name
        self._container = spec.open()
        stream = self._container.streams.video[0]
        self.fps = float(stream.average_rate or stream.guessed_rate or 25)
        # Threads that work on several pictures at a time level out those that take long.
        stream.codec_context.thread_type = "AUTO"
        self._natives = iter(self._container.decode(stream))
        first = self._next()
        if first is None:
            self.close()
            raise InputError(f"{self._name} has no picture that can be decoded")
        self._first = first
        matrix = display_matrix(first, codec_name(stream))
        orientation = Orientation.from_display_matrix(matrix) if matrix else UPRIGHT
        ratio = stream.sample_aspect_ratio
        self._display = Display(first.width, first.height, ratio, orientation)
        self.width, self.height = self._display.width, self._display.height

    def pictures(self) -> Iterator[ClipPicture]:
        """Yield the pictures.

        Raises:
            DamagedInputError: one cannot be read.
        """
        count = 0
        native: av.VideoFrame | None = self._first
        while native is not None:
            seconds = count / self.fps if native.time is None else native.time
            yield _picture(native, seconds, ColorTags.of(native), self._display)
            count += 1
            native = self._next()

    def close(self) -> None:
        """Close it."""
        self._container.close()

    def _next(self) -> av.VideoFrame | None:
        try:
            return next(self._natives, None)
        except (OSError, av.FFmpegError) as error:
            raise DamagedInputError(
                f"{self._name} cannot be read on: {reason_of(error)}"
            ) from error


def _picture(
    native: av.VideoFrame, seconds: float, colors: ColorTags, display: Display
) -> ClipPicture:
    return ClipPicture(seconds, lambda: display.bgr_of(native, colors))

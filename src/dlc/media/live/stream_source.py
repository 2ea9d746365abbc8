"""Streams from the network, as fast as they come."""

from __future__ import annotations

from collections.abc import Iterator

import av
from av.container import InputContainer

from dlc.errors import CameraError
from dlc.media.closing import Closing
from dlc.media.files.failures import reason_of
from dlc.media.frames.color import ColorTags
from dlc.media.live.clip import ContainerSpec
from dlc.media.live.clock import LiveClock
from dlc.media.live.display import Display
from dlc.media.live.frame import LiveFrame
from dlc.media.live.frame_rate import measure_fps
from dlc.media.live.letterbox import fitted
from dlc.media.live.source import LiveReport

# Seconds to wait for a connection, and for data.
_TIMEOUT = (10.0, 5.0)
_OPTIONS = {
    # What comes while FFmpeg finds out about the stream is not kept: it would come late.
    "fflags": "nobuffer",
    # Over UDP, RTSP loses packets, and with them parts of pictures.
    "rtsp_transport": "tcp",
}


def stream_spec(url: str) -> ContainerSpec:
    """Return what FFmpeg is told to open a stream with little delay."""
    return ContainerSpec(url, url, options=_OPTIONS, timeout=_TIMEOUT)


class StreamSource(Closing):
    """Delivers the pictures of a network stream when they arrive; a `LiveSource`.

    PyAV and OpenCV read such streams with the same FFmpeg, equally fast. Only PyAV tells why a
    stream broke, lets pictures be decoded without the delay of frame threads, and takes options
    for one stream alone.

    Attributes:
        report: the format of the frames; the rate is measured.
        frames_dropped: always 0.
    """

    frames_dropped = 0

    def __init__(
        self, container: InputContainer, spec: ContainerSpec, *, clock: LiveClock | None = None
    ) -> None:
        """Measure the rate, which takes some seconds.

        Args:
            container: the open stream; it is closed with this source.
            spec: what it was opened by.
            clock: what to time frames by.

        Raises:
            CameraError: the stream ends or breaks meanwhile.
        """
        self._container = container
        self._name = spec.name
        self._timeout = spec.timeout
        self._clock = clock or LiveClock()
        self._stream = container.streams.video[0]
        # Frame threads would hold as many pictures back as there are threads.
        self._stream.codec_context.thread_type = "SLICE"
        self._natives: Iterator[av.VideoFrame] = iter(container.decode(self._stream))
        try:
            first = self._next()
            fps = measure_fps(self._next, self._clock)
        except CameraError:
            self.close()
            raise
        self._display = Display(first.width, first.height, self._stream.sample_aspect_ratio)
        stored = self._stream.average_rate
        reported = f"{float(stored):.4g} fps" if stored else "no rate"
        width, height = self._display.width, self._display.height
        line = f"{self._name}: {width}x{height}; reported {reported}; measured {fps:.1f} fps"
        self.report = LiveReport(line, width, height, fps)

    def read(self) -> LiveFrame | None:
        """Wait for the next picture; None when the run was asked to stop.

        Raises:
            CameraError: the stream ended or broke, or nothing came for some seconds.
        """
        if self._clock.is_stopped():
            return None
        native = self._next()
        captured_at = self._clock.now()
        bgr = self._display.bgr_of(native, ColorTags.of(native))
        bgr = fitted(bgr, self.report.width, self.report.height)
        return LiveFrame(bgr, captured_at=captured_at)

    def close(self) -> None:
        """Close the connection; does nothing the second time."""
        self._container.close()

    def _next(self) -> av.VideoFrame:
        try:
            native = next(self._natives, None)
        except av.ExitError as error:
            patience = f" for {self._timeout[1]:g} seconds" if self._timeout else ""
            raise CameraError(
                f"{self._name} has sent nothing{patience}: check the camera and the network, or "
                "pass `reconnect=True`"
            ) from error
        except (OSError, av.FFmpegError) as error:
            raise CameraError(
                f"{self._name} broke off ({reason_of(error)}): check the camera and the network, "
                "or pass `reconnect=True`"
            ) from error
        if native is None:
            raise CameraError(
                f"{self._name} was ended by its sender: start it again, or pass `reconnect=True`"
            )
        return native

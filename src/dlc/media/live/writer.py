"""Writing live pictures to a video file that is playable however the run ends."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from types import TracebackType

import av
import cv2

from dlc.arrays import Image
from dlc.errors import SafeguardError
from dlc.media.closing import Closing
from dlc.media.files.atomic import Finish
from dlc.media.frames.color import HD_VIDEO, from_bgr_matrix
from dlc.media.frames.frame import Frame
from dlc.media.frames.planes import plane_arrays, require_layout
from dlc.media.info import MediaInfo
from dlc.media.live.frame import LiveFrame
from dlc.media.live.microphone import Microphone
from dlc.media.live.recorded_sound import RecordedSound
from dlc.media.live.source import LiveReport
from dlc.media.video.carrying.other_streams import no_streams
from dlc.media.video.writing.plan import check_video
from dlc.media.video.writing.writer import VideoWriter
from dlc.options import EncodeOptions

# MPEG's clock: fine enough for the times of frames that come when they come.
_TIME_BASE = Fraction(1, 90_000)
# What every player shows.
_PIX_FMT = "yuv420p"


class LiveWriter(Closing):
    """Encodes live frames at the times they were captured at.

    However the block it is used in ends, the file is finished and gets its name, if there is any
    frame in it: what was recorded before a camera broke is worth keeping. The one exception is a
    recording that is refused, of which nothing is left.

    Attributes:
        path: the output.
        is_kept: whether the file got its name.
    """

    def __init__(
        self,
        path: Path,
        source: Path,
        report: LiveReport,
        encoding: EncodeOptions,
        *,
        overwrite: bool = False,
        threads: int | None = None,
        finish: Finish | None = None,
        microphone: Microphone | None = None,
    ) -> None:
        """Open the encoder.

        Args:
            path: the output; its extension says which container it is.
            source: what the frames come from; if it is a file it is not overwritten.
            report: the format of the frames.
            encoding: how to encode.
            overwrite: whether an existing file may be replaced.
            threads: for the encoder; None leaves it to the encoder.
            finish: the last thing done with the file before it gets its name, such as signing it.
            microphone: what to record the sound of; None records none.

        Raises:
            OutputError: the output may not or cannot be written there.
            EncoderError: the encoder is unknown, does not fit or cannot be opened.
        """
        self.path = path
        self.is_kept = False
        self._first: float | None = None
        self._sound = None if microphone is None else RecordedSound(microphone)
        self._writer = VideoWriter(
            path,
            _info(source, report.width, report.height, report.fps),
            encoding,
            overwrite=overwrite,
            threads=threads,
            others=no_streams if self._sound is None else self._sound.add_to,
            survives_kill=True,
            finish=finish,
        )

    @property
    def frames_written(self) -> int:
        """How many frames were written."""
        return self._writer.frames_written

    def write(self, frame: LiveFrame) -> None:
        """Encode one frame; its time of capture is later than that of the one before.

        Raises:
            WriteError: the disk is full or refuses otherwise.
            EncoderError: the encoder fails.
            MicrophoneError: the microphone has delivered nothing for some seconds.
        """
        if self._first is None:
            self._first = frame.captured_at
            if self._sound is not None:
                self._sound.start_at(self._first)
        pts = round((frame.captured_at - self._first) / _TIME_BASE)
        native = picture_of(frame.bgr)
        self._writer.write(Frame(native, pts=pts, time_base=_TIME_BASE, tags=HD_VIDEO))

    def close(self) -> None:
        """Finish the file and give it its name; does nothing the second time.

        Without any frame nothing is left.

        Raises:
            OutputError: a file appeared under the output's name.
            WriteError: the disk is full or refuses otherwise.
            DlcError: whatever finishing the file raises.
        """
        if self._writer.frames_written:
            self._writer.close()
            self.is_kept = True
        else:
            self._writer.abort()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if isinstance(error, SafeguardError):
            self._writer.abort()
        else:
            self.close()


def picture_of(bgr: Image) -> av.VideoFrame:
    """Return pixels as the encoder takes them, with the colors of high-definition video.

    Each chroma sample is that of the mean of the pixels it covers. swscale, which is as exact as
    this only with flags that turn its fast ways off, takes nearly twice as long.

    Args:
        bgr: uint8 (h, w, 3).

    Returns:
        A frame in yuv420p.
    """
    height, width = bgr.shape[:2]
    native = av.VideoFrame(width, height, _PIX_FMT)
    HD_VIDEO.put_on(native)
    luma, blue, red = plane_arrays(native)
    matrix = from_bgr_matrix(require_layout(_PIX_FMT), HD_VIDEO.resolved(_PIX_FMT, height))
    # All three components at once: OpenCV has no fast way to one of them.
    luma[...] = cv2.extractChannel(cv2.transform(bgr, matrix), 0)
    small = cv2.resize(bgr, blue.shape[::-1], interpolation=cv2.INTER_AREA)
    colors = cv2.transform(small, matrix)
    blue[...], red[...] = cv2.extractChannel(colors, 1), cv2.extractChannel(colors, 2)
    return native


def check_live_output(
    path: Path, source: Path, encoding: EncodeOptions, *, overwrite: bool
) -> None:
    """Check everything about an output that can be known before the source is open.

    Raises:
        OutputError, OptionError, EncoderError: as `check_video` does.
    """
    check_video(path, _info(source, 64, 64, 30.0), encoding, overwrite=overwrite)


def _info(source: Path, width: int, height: int, fps: float) -> MediaInfo:
    return MediaInfo(
        path=source,
        format="live",
        width=width,
        height=height,
        coded_width=width,
        coded_height=height,
        pix_fmt=_PIX_FMT,
        colors=HD_VIDEO,
        time_base=_TIME_BASE,
        fps=Fraction(fps).limit_denominator(1001),
    )

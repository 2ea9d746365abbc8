"""Whether this machine's NVIDIA GPU can decode and encode a video, found out by doing it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import av
import numpy as np
from av.codec.codec import UnknownCodecError

from dlc.arrays import Array
from dlc.errors import DlcError
from dlc.media.files.failures import reason_of
from dlc.media.frames.planes import layout_of, plane_arrays
from dlc.media.info import MediaInfo
from dlc.media.video.drawn_clip import write_drawn_clip
from dlc.media.video.reading.decoding import Decoder
from dlc.media.video.reading.nvdec import nvdec
from dlc.media.video.writing.conform import Conformer
from dlc.media.video.writing.containers import Container, container_for
from dlc.media.video.writing.encoders import NVENC_ENCODERS, encoder_named
from dlc.media.video.writing.plan import plan_video
from dlc.options import EncodeOptions
from dlc.shared_library import loads

_FAILURES = (OSError, ValueError, av.FFmpegError)
# What FFmpeg loads (ffnvcodec, dynlink_loader.h): the driver, and its parts for videos.
_DRIVER, _DECODER, _ENCODER = (
    ("nvcuda.dll", "nvcuvid.dll", "nvEncodeAPI64.dll")
    if sys.platform == "win32"
    else ("libcuda.so.1", "libnvcuvid.so.1", "libnvidia-encode.so.1")
)


@dataclass(frozen=True, slots=True)
class Trial:
    """What an encoder is opened for, to see whether it works.

    Attributes:
        width: of the pictures in pixels.
        height: of the pictures in pixels.
        pix_fmt: FFmpeg's name of their pixel format.
        options: the encoder's, as FFmpeg knows them.
    """

    width: int
    height: int
    pix_fmt: str
    options: Mapping[str, str] = field(default_factory=dict)


# A picture that every NVENC takes: the smallest one of H.264 is 145 x 49, others begin higher.
_SMALL = Trial(640, 360, "yuv420p")


def why_not_nvdec(path: Path) -> str | None:
    """Decode a video's first picture by NVDEC and in software, and compare them.

    Decoders are defined to the bit, so any other samples are a reason against NVDEC. What does not
    show is damage further on: NVDEC patches it up without a word.

    Returns:
        Why software is to be taken; None if NVDEC does the same.

    Raises:
        InputError: the file is no video.
        DamagedInputError: its first picture cannot be decoded in software either.
    """
    codec, expected = _first_picture(path, on_gpu=False)
    if not expected:
        return "the first picture is of a kind that cannot be compared"
    missing = _why_no_device(codec)
    if missing is not None:
        return missing
    complaints: list[str] = []
    try:
        with _collected(complaints):
            _, found = _first_picture(path, on_gpu=True)
    except (DlcError, *_FAILURES) as error:
        cause = error.__cause__ if isinstance(error, DlcError) else error
        reason = reason_of(cause) if isinstance(cause, _FAILURES) else str(error)
        # What follows the first complaint follows from it.
        return _why_not_loaded(_DECODER) or next(iter(complaints), reason)
    same = len(found) == len(expected) and all(map(np.array_equal, found, expected))
    return None if same else "the first picture comes out otherwise than in software"


def why_no_nvdec() -> str | None:
    """Decode a small clip of H.264, and return why NVDEC cannot; None if it can."""
    missing = _why_no_device("h264")
    if missing is not None:
        return missing
    size = (_SMALL.width, _SMALL.height)
    picture = np.random.default_rng(0).integers(0, 256, (*size[::-1], 3), np.uint8)
    with TemporaryDirectory() as folder:
        clip = Path(folder, "trial.mp4")
        write_drawn_clip(clip, [picture], size, fps=25)
        return why_not_nvdec(clip)


def _why_no_device(codec: str) -> str | None:
    """Return why there is no GPU that could decode a codec; None if there may be one.

    The library that decodes is loaded with the first picture only.

    Args:
        codec: FFmpeg's name of a decoder.
    """
    complaints: list[str] = []
    try:
        with _collected(complaints):
            nvdec().create(av.Codec(codec, "r"))
    except NotImplementedError:
        return f"FFmpeg's decoder {codec} cannot use it"
    except _FAILURES as error:
        return _why_not_loaded(_DRIVER) or next(iter(complaints), reason_of(error))
    return None


def working_nvenc(
    container: Container, trial_of: Callable[[str], Trial] = lambda _: _SMALL
) -> tuple[str | None, str]:
    """Find the first encoder of NVENC's for a container that opens.

    What they take differs between codecs and from GPU to GPU: H.264 ends at 4096 pixels, and before
    Blackwell at 8 bits and 4:2:0 or 4:4:4.

    Args:
        container: where its packets go.
        trial_of: returns what it has to open for, given its name; by default a small picture.

    Returns:
        FFmpeg's name of it, None if there is none that works, and then why; otherwise why those
        before it do not, empty if there are none.
    """
    fitting = [name for name in NVENC_ENCODERS if container.holds(encoder_named(name).codec)]
    if not fitting:
        return None, f"it writes nothing that a {container.extension} file holds"
    reasons: dict[str, str] = {}
    for name in fitting:
        reason = _why_not_opened(name, trial_of(name))
        if reason is None:
            return name, _joined(reasons)
        reasons[name] = reason
    return None, _joined(reasons)


def nvenc_for(output: Path, info: MediaInfo, encoding: EncodeOptions) -> tuple[str | None, str]:
    """Find the first encoder of NVENC's that opens for what would be written to an output.

    Args:
        output: its extension says which container it is.
        info: the target.
        encoding: how to encode; its encoder does not matter.

    Returns:
        As `working_nvenc`.

    Raises:
        OptionError, OutputError, EncoderError: as `plan_video` does.
    """

    def trial_of(name: str) -> Trial:
        plan = plan_video(output, info, replace(encoding, encoder=name))
        stored = Conformer(info, plan)
        return Trial(stored.width, stored.height, plan.pix_fmt, plan.encoder.options(encoding))

    return working_nvenc(container_for(output), trial_of)


def _why_not_opened(encoder: str, trial: Trial) -> str | None:
    """Open an encoder, and return why it cannot be; None if it can."""
    complaints: list[str] = []
    try:
        context: Any = av.CodecContext.create(encoder, "w")
        context.width, context.height, context.pix_fmt = trial.width, trial.height, trial.pix_fmt
        context.time_base = Fraction(1, 25)
        context.options = dict(trial.options)
        with _collected(complaints):
            context.open()
    except UnknownCodecError as error:
        return reason_of(error)
    except _FAILURES as error:
        reason = "; ".join(complaints) or reason_of(error)
        pictures = f"{trial.width} x {trial.height} {trial.pix_fmt}"
        return _why_not_loaded(_ENCODER) or f"{pictures}: {reason}"
    return None


@contextmanager
def _collected(complaints: list[str]) -> Iterator[None]:
    """Take in what FFmpeg logs of errors in this thread: that a driver is too old, for instance.

    What it returns is no more than "not implemented", "invalid data", or that a library failed.
    """
    level = av.logging.get_level()
    av.logging.set_level(av.logging.ERROR)
    try:
        with av.logging.Capture() as records:
            try:
                yield
            finally:
                # A line may come in several parts.
                lines = "".join(message for _, _, message in records).splitlines()
                complaints += [line.strip() for line in lines]
    finally:
        av.logging.set_level(level)


def _joined(reasons: Mapping[str, str]) -> str:
    if len(set(reasons.values())) == 1:
        return next(iter(reasons.values()))
    return ", ".join(f"{name}: {reason}" for name, reason in reasons.items())


def _first_picture(path: Path, *, on_gpu: bool) -> tuple[str, list[Array]]:
    """Return the decoder of a video and the samples of its first picture, plane by plane."""
    decoder = Decoder(path, allow_damaged=False, threads=1, on_gpu=on_gpu)
    try:
        frame = next(decoder.frames(), None)
        if frame is None or layout_of(frame.format.name) is None:
            return decoder.name, []
        return decoder.name, [np.array(plane) for plane in plane_arrays(frame)]
    finally:
        decoder.container.close()


def _why_not_loaded(library: str) -> str | None:
    """Return why FFmpeg cannot use a library of the driver; None if it can load it.

    FFmpeg itself returns no more than "operation not permitted" or "invalid data".
    """
    if not loads(_DRIVER):
        return "NVIDIA's driver cannot be loaded"
    if not loads(library):
        return (
            f"{library} cannot be loaded; it is part of the driver, and a container gets it where "
            "NVIDIA_DRIVER_CAPABILITIES includes video"
        )
    return None

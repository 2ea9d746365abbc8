"""Whether this machine's NVIDIA GPU can decode and encode a video, found out by doing it."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from dlc.errors import DlcError
from dlc.media.failures import reason_of
from dlc.media.planes import layout_of, plane_arrays
from dlc.media.video.containers import Container
from dlc.media.video.decoding import Decoder
from dlc.media.video.drawn_clip import write_drawn_clip
from dlc.media.video.encoders import NVENC_ENCODERS, encoder_named
from dlc.media.video.nvdec import nvdec

# A picture that every NVENC takes: the smallest one of H.264 is 145 x 49, others begin higher.
_TRIAL_SIZE = (640, 360)
_FAILURES = (OSError, ValueError, av.FFmpegError)


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
    try:
        _, found = _first_picture(path, on_gpu=True)
    except DlcError as error:
        cause = error.__cause__
        return _reason(cause) if isinstance(cause, _FAILURES) else str(error)
    except _FAILURES as error:
        return _reason(error)
    same = len(found) == len(expected) and all(map(np.array_equal, found, expected))
    return None if same else "the first picture comes out otherwise than in software"


def why_no_nvdec() -> str | None:
    """Decode a small clip of H.264, and return why NVDEC cannot; None if it can."""
    missing = _why_no_device("h264")
    if missing is not None:
        return missing
    width, height = _TRIAL_SIZE
    picture = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
    with TemporaryDirectory() as folder:
        clip = Path(folder, "trial.mp4")
        write_drawn_clip(clip, [picture], _TRIAL_SIZE, fps=25)
        return why_not_nvdec(clip)


def _why_no_device(codec: str) -> str | None:
    """Return why there is no GPU that could decode a codec; None if there may be one.

    The library that decodes, libnvcuvid, is loaded with the first picture only; containers get it
    by the driver capability "video", without which CUDA works all the same.

    Args:
        codec: FFmpeg's name of a decoder.
    """
    try:
        nvdec().create(av.Codec(codec, "r"))
    except NotImplementedError:
        return f"FFmpeg's decoder {codec} cannot use it"
    except _FAILURES as error:
        return _reason(error)
    return None


def working_nvenc(container: Container) -> tuple[str | None, str]:
    """Find an encoder of NVENC's for a container by opening it.

    Returns:
        FFmpeg's name of it, None if there is none that works, and then why.
    """
    fitting = [name for name in NVENC_ENCODERS if container.holds(encoder_named(name).codec)]
    if not fitting:
        return None, f"it writes nothing that a {container.extension} file holds"
    # Every GPU that has NVENC has the first one that fits, unless that is AV1's.
    reason = _why_not_opened(fitting[0])
    return (fitting[0], "") if reason is None else (None, reason)


def _why_not_opened(encoder: str) -> str | None:
    """Open an encoder for a small picture, and return why it cannot be; None if it can."""
    try:
        context: Any = av.CodecContext.create(encoder, "w")
        context.width, context.height = _TRIAL_SIZE
        context.pix_fmt, context.time_base = "yuv420p", Fraction(1, 25)
        context.open()
    except _FAILURES as error:
        return _reason(error)
    return None


def _first_picture(path: Path, *, on_gpu: bool) -> tuple[str, list[NDArray[Any]]]:
    """Return the decoder of a video and the samples of its first picture, plane by plane."""
    decoder = Decoder(path, allow_damaged=False, threads=1, on_gpu=on_gpu)
    try:
        frame = next(decoder.frames(), None)
        if frame is None or layout_of(frame.format.name) is None:
            return decoder.name, []
        return decoder.name, [np.array(plane) for plane in plane_arrays(frame)]
    finally:
        decoder.container.close()


def _reason(error: OSError | ValueError | av.FFmpegError) -> str:
    # "Operation not permitted" is all that FFmpeg returns where it finds no libcuda.
    if isinstance(error, PermissionError):
        return "NVIDIA's driver cannot be loaded"
    return reason_of(error)

"""Decoding and encoding on an NVIDIA GPU, or in software with a warning that says why."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from pathlib import Path

from dlc.host.nvidia import number_gpus_by_bus
from dlc.media.files.paths import require_file
from dlc.media.image.recognition import is_image
from dlc.media.opening import open_target
from dlc.media.video.hardware import nvenc_for, why_no_nvdec, why_not_nvdec, working_nvenc
from dlc.media.video.writing.containers import VIDEO_EXTENSIONS, container_for
from dlc.media.video.writing.encoders import NVENC_ENCODERS
from dlc.options import NVENC, EncodeOptions, VideoDecoder

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class GpuCoder:
    """A part of a GPU that decodes or encodes videos.

    Attributes:
        name: "NVDEC" or "NVENC".
        trouble: why it cannot be used; empty if it can.
    """

    name: str
    trouble: str


def gpu_coders() -> tuple[GpuCoder, ...]:
    """Try the H.264 decoder and encoder of an NVIDIA GPU."""
    number_gpus_by_bus()
    encoder, reason = working_nvenc(container_for(Path("video.mp4")))
    trouble = reason if encoder is None else ""
    return GpuCoder("NVDEC", why_no_nvdec() or ""), GpuCoder("NVENC", trouble)


def settled_decoder(decoder: VideoDecoder, target: Path) -> tuple[VideoDecoder, tuple[str, ...]]:
    """Return what will decode a target, and notes on the choice.

    Raises:
        InputError: there is no such file, or it is not a video.
        DamagedInputError: its first picture cannot be decoded.
    """
    if decoder is VideoDecoder.SOFTWARE:
        return decoder, ()
    number_gpus_by_bus()
    require_file(target)
    reason = "it is a picture" if is_image(target) else why_not_nvdec(target)
    if reason is None:
        return decoder, ()
    note = f"{target.name} is decoded in software instead of by NVDEC: {reason}"
    logger.warning("%s", note)
    return VideoDecoder.SOFTWARE, (note,)


def settled_encoding(
    encoding: EncodeOptions, output: Path, target: Path | None = None
) -> tuple[EncodeOptions, tuple[str, ...]]:
    """Return how an output will be encoded, and notes on the choice.

    Args:
        encoding: the user's choice.
        output: the file to write.
        target: the file whose pictures will be encoded; None for a camera, whose size is not known
            yet.

    Raises:
        InputError: there is no such target.
        DamagedInputError: it cannot be read.
        OptionError, OutputError, EncoderError: the target cannot be written like that at all.
    """
    if encoding.encoder != NVENC or output.suffix.lower() not in VIDEO_EXTENSIONS:
        return encoding, ()
    number_gpus_by_bus()
    container = container_for(output)
    if target is None or is_image(target):
        encoder, reason = working_nvenc(container)
    else:
        with open_target(target) as reader:
            encoder, reason = nvenc_for(output, reader.info, encoding)
    if encoder is not None and not reason:
        return replace(encoding, encoder=encoder), ()
    by, instead = encoder, NVENC_ENCODERS[0]
    if encoder is None:
        by, instead = container.encoders[0], "NVENC"
    note = f"{output.name} is encoded by {by} instead of {instead}: {reason}"
    logger.warning("%s", note)
    return replace(encoding, encoder=encoder), (note,)

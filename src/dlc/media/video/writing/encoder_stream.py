"""The video stream of an output, with an encoder that is open."""

from __future__ import annotations

import os
from typing import Any

import av
from av.codec.context import Flags, ThreadType
from av.container import OutputContainer

from dlc.errors import EncoderError
from dlc.media.files.failures import reason_of
from dlc.media.frames.planes import layout_of
from dlc.media.info import MediaInfo
from dlc.media.video.writing.conform import Conformer
from dlc.media.video.writing.plan import VideoPlan
from dlc.options import EncodeOptions


def add_video_stream(
    container: OutputContainer,
    plan: VideoPlan,
    info: MediaInfo,
    encoding: EncodeOptions,
    conformer: Conformer,
    threads: int | None,
) -> Any:
    """Add the video stream to a container, open its encoder, and return the stream.

    Args:
        container: the output.
        plan: how the video is written.
        info: the target.
        encoding: how to encode.
        conformer: makes the pictures that the encoder gets.
        threads: for the encoder; None leaves it to the encoder.

    Raises:
        EncoderError: the encoder cannot be opened.
    """
    if plan.encoder.name == "libsvtav1":
        # SVT-AV1 writes to stderr past FFmpeg's log, unless told not to in this way.
        os.environ.setdefault("SVT_LOG", "1")
    options = _options(plan, info, encoding)
    stream: Any = container.add_stream(plan.encoder.name, rate=plan.rate, options=options)
    context = stream.codec_context
    context.time_base = stream.time_base = plan.time_base
    context.thread_count = threads or 0
    context.thread_type = ThreadType.AUTO
    context.flags |= Flags.frame_duration
    _describe_pictures(context, plan, conformer)
    plan.describe(stream, info)
    layout = layout_of(plan.pix_fmt)
    if plan.encoder.codec == "vp9" and layout is not None and layout.has_alpha:
        stream.metadata["alpha_mode"] = "1"
    _open(context, plan)
    return stream


def _options(plan: VideoPlan, info: MediaInfo, encoding: EncodeOptions) -> dict[str, str]:
    options = plan.encoder.options(encoding, info.hdr, plan.fields)
    if not (info.reordered and plan.container.reorders):
        # B-frames put the first decoding time before the first presentation time. Without
        # them where the input has none, seeking leads to the same packets as in the input.
        options["bf"] = "0"
    return options


def _describe_pictures(context: Any, plan: VideoPlan, conformer: Conformer) -> None:
    """Tell the encoder the size, format, fields and colors of the pictures it will get."""
    context.width, context.height = conformer.width, conformer.height
    context.pix_fmt = plan.pix_fmt
    if plan.fields is not None:
        context.flags |= Flags.interlaced_dct
        context.field_order = plan.fields.number
    conformer.tags.put_on(context)
    if conformer.sample_aspect_ratio is not None:
        context.sample_aspect_ratio = conformer.sample_aspect_ratio


def _open(context: Any, plan: VideoPlan) -> None:
    try:
        context.open()
    except (OSError, ValueError, av.FFmpegError) as error:
        advice = "check that its hardware and driver are there and take such pictures, or " * (
            plan.encoder.hardware
        )
        raise EncoderError(
            f"{plan.encoder.name} cannot encode {context.width} x {context.height} "
            f"{context.pix_fmt} here ({reason_of(error)}): {advice}choose another encoder, such as "
            "libx264"
        ) from error

"""What an output will be, decided and checked before any work is done."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.codec.codec import find_best_pix_fmt_of_list

from dlc.errors import EncoderError, OptionError, OutputError
from dlc.media.files.outputs import check_path
from dlc.media.frames.fields import FieldOrder
from dlc.media.frames.orientation import UPRIGHT
from dlc.media.frames.planes import PixelLayout, layout_of, require_layout
from dlc.media.frames.scaling import size_at_height
from dlc.media.info import MediaInfo
from dlc.media.limits import MAX_VIDEO_PIXELS
from dlc.media.provenance.marking import noted_comment
from dlc.media.quality import check_quality
from dlc.media.video.writing.containers import Container, container_for
from dlc.media.video.writing.encoders import Encoder, encoder_for, encoder_named
from dlc.media.video.writing.plan_notes import (
    field_notes,
    format_notes,
    hdr_notes,
    picture_notes,
    shape_notes,
    subtitle_notes,
)
from dlc.options import EncodeOptions


@dataclass(frozen=True, slots=True)
class VideoPlan:
    """How a video will be written.

    Attributes:
        container: the kind of file.
        encoder: the video encoder.
        pix_fmt: the pixel format it gets.
        upright: whether pictures are turned upright, as the container cannot say that they are not.
        size: width and height that stored pictures are scaled to before they are turned; None
            leaves them as they are.
        padding: columns added at the right and rows added at the bottom.
        fields: which field is the earlier one where pictures are stored as two; else None.
        time_base: the encoder's unit of time in seconds.
        rate: the nominal frame rate.
        muxer_options: for the container.
        notes: what cannot be as it is in the input, in words for the user.
    """

    container: Container
    encoder: Encoder
    pix_fmt: str
    upright: bool
    size: tuple[int, int] | None
    padding: tuple[int, int]
    fields: FieldOrder | None
    time_base: Fraction
    rate: Fraction
    muxer_options: Mapping[str, str]
    notes: tuple[str, ...]

    def describe(self, stream: Any, info: MediaInfo) -> None:
        """Give a video stream of the output its tag, and say how its pictures are turned."""
        if self.encoder.codec == "hevc" and self.container.negative_times:
            # Apple's players know HEVC in MP4 and MOV by this tag alone.
            stream.codec_context.codec_tag = "hvc1"
        if info.display_matrix and not self.upright:
            stream.set_display_matrix(info.display_matrix)

    def note_comment(self, metadata: dict[str, str]) -> None:
        """Say in a container's metadata that the video is synthetic, if there is room for it."""
        if self.container.keeps_comment:
            metadata["comment"] = noted_comment(metadata.pop("comment", None))


def plan_video(path: Path, info: MediaInfo, encoding: EncodeOptions) -> VideoPlan:
    """Decide how `info`'s video is written to `path`.

    Raises:
        OptionError: if the quality is off its scale, or the height does not fit the pictures.
        OutputError: if the extension is unknown or the container cannot hold the streams.
        EncoderError: if the encoder is unknown, does not fit the container, is not available, or
            takes no pictures of this size.
    """
    check_quality(encoding.quality)
    container = container_for(path)
    layout = require_layout(info.pix_fmt)
    encoder = _choose_encoder(encoding, container, info, layout)
    _check_streams(path, container, info, encoding)
    upright = info.orientation != UPRIGHT and not container.keeps_orientation
    pix_fmt = _choose_format(encoder, info, upright=upright)
    size, padding = _size_and_padding(encoder, info, encoding.height, pix_fmt, upright=upright)
    columns, rows = size or _stored_size(info, padding, upright=upright)
    _check_size(encoder, columns, rows)
    fields = info.fields if not upright and _keeps_fields(encoder, rows, pix_fmt) else None
    rate = _rate(info, container)
    time_base = _time_base(info, container, rate)
    notes = (
        *format_notes(encoder, layout, pix_fmt, is_opaque=info.is_opaque),
        *picture_notes(container, info, padding, time_base, upright=upright),
        *shape_notes(container, encoder, info),
        *field_notes(info, fields, scaled=size is not None),
        *subtitle_notes(container, info),
        *hdr_notes(encoder, info),
    )
    return VideoPlan(
        container=container,
        encoder=encoder,
        pix_fmt=pix_fmt,
        upright=upright,
        size=size,
        padding=padding,
        fields=fields,
        time_base=time_base,
        rate=rate,
        muxer_options={
            **container.options,
            **_timescale(container, info),
            **_repeats(container, info),
        },
        notes=notes,
    )


def check_video(
    path: Path, info: MediaInfo, encoding: EncodeOptions, *, overwrite: bool
) -> VideoPlan:
    """Check everything about an output that needs no decoding, and decide how it is written.

    Args:
        path: the output.
        info: the target.
        encoding: how to encode it.
        overwrite: whether an existing file may be replaced.

    Raises:
        OutputError, OptionError, EncoderError: as `check_path` and `plan_video` do.
    """
    check_path(path, [info.path], overwrite=overwrite)
    return plan_video(path, info, encoding)


def _check_streams(
    path: Path, container: Container, info: MediaInfo, encoding: EncodeOptions
) -> None:
    if encoding.audio and info.audio_codecs and container.audio_encoder is None:
        raise OutputError(
            f"{path.name} cannot hold the audio of {info.path.name}: pass `audio=False` or choose "
            "another extension, such as .mp4"
        )


def _choose_encoder(
    encoding: EncodeOptions, container: Container, info: MediaInfo, layout: PixelLayout
) -> Encoder:
    """Return the encoder asked for, or the one that suits the container and the pictures."""
    chosen = encoder_for(encoding.encoder, container, alpha=layout.has_alpha)
    is_hdr = info.colors.is_hdr and layout.depth > 8
    if encoding.encoder is None and is_hdr and chosen.codec == "h264" and container.reorders:
        hevc = encoder_named("libx265")
        if hevc.name in av.codecs_available:
            return hevc
    return chosen


def _check_size(encoder: Encoder, width: int, height: int) -> None:
    least_width, least_height = encoder.least_size
    if width < least_width or height < least_height:
        raise EncoderError(
            f"{encoder.name} takes no pictures smaller than {least_width} x {least_height} pixels, "
            f"and these have {width} x {height}: choose another encoder, such as libx264, or a "
            "larger `height`"
        )


def _choose_format(encoder: Encoder, info: MediaInfo, *, upright: bool) -> str:
    """Return the encoder's pixel format that is closest to the input's."""
    source = info.pix_fmt
    formats = encoder.formats()
    if "pal8" in formats:
        return "pal8"
    layout = require_layout(source)
    shift_x, shift_y = layout.chroma_shift
    if upright and info.orientation.transposed and shift_x != shift_y:
        # Turned by 90 degrees, chroma that is coarser in one direction only fits no common format.
        depth = f"{layout.depth}le" if layout.depth > 8 else ""
        source = f"yuv{'a' if layout.has_alpha else ''}444p{depth}"
    if source in formats:
        return source
    twin = source.replace("yuvj", "yuv")
    if twin in formats:
        return twin
    best, _ = find_best_pix_fmt_of_list(formats, source, layout.has_alpha)
    if best is None:
        raise EncoderError(f"{encoder.name} takes no pixel format that is anything like {source}")
    return best.name


def _steps(encoder: Encoder, pix_fmt: str) -> tuple[int, int]:
    """Return what width and height of pictures in a format are to be multiples of."""
    layout = layout_of(pix_fmt)
    if layout is None:
        return 1, 1
    shift_x, shift_y = (1, 1) if encoder.hardware else layout.chroma_shift
    return 1 << shift_x, 1 << shift_y


def _size_and_padding(
    encoder: Encoder, info: MediaInfo, height: int | None, pix_fmt: str, *, upright: bool
) -> tuple[tuple[int, int] | None, tuple[int, int]]:
    """Return what `VideoPlan` calls so: pictures are scaled, padded, or left as they are."""
    steps = _steps(encoder, pix_fmt)
    if height is not None:
        size = _scaled_size(info, height, pix_fmt, steps, upright=upright)
        if size is not None:
            return size, (0, 0)
    return None, _padding(info, steps, upright=upright) if encoder.even_size else (0, 0)


def _padding(info: MediaInfo, steps: tuple[int, int], *, upright: bool) -> tuple[int, int]:
    width, height = _stored_size(info, (0, 0), upright=upright)
    return -width % steps[0], -height % steps[1]


def _stored_size(info: MediaInfo, padding: tuple[int, int], *, upright: bool) -> tuple[int, int]:
    """Return width and height of pictures that are not scaled."""
    width, height = info.coded_width, info.coded_height
    if upright:
        width, height = info.width, info.height
    return width + padding[0], height + padding[1]


def _scaled_size(
    info: MediaInfo, height: int, pix_fmt: str, steps: tuple[int, int], *, upright: bool
) -> tuple[int, int] | None:
    """Return the size of stored pictures that are shown `height` rows high; None if they are."""
    if info.interlaced:
        # Each of the two fields has to have whole chroma rows of its own.
        steps = steps[0], 2 * steps[1]
    stored = UPRIGHT if upright else info.orientation
    step_x, step_y = stored.upright_size(*steps)
    if height % step_y:
        below = height - height % step_y
        needed = "an even height" if step_y == 2 else f"a height that is a multiple of {step_y}"
        kind = "interlaced pictures" if info.interlaced else "pictures"
        raise OptionError(
            f"`height` is {height}, and {kind} in {pix_fmt} have {needed}: give "
            f"{max(step_y, below)} or {below + step_y}"
        )
    if height == info.height:
        return None
    shown = size_at_height(info.width, info.height, height, step_x, MAX_VIDEO_PIXELS)
    return info.orientation.upright_size(*shown)


def _keeps_fields(encoder: Encoder, rows: int, pix_fmt: str) -> bool:
    """Whether fields can be stored as such: each is a picture with whole chroma rows of its own."""
    layout = layout_of(pix_fmt)
    step = 2 << (0 if layout is None else layout.chroma_shift[1])
    return encoder.interlaces and rows % step == 0


def _timescale(container: Container, info: MediaInfo) -> dict[str, str]:
    """Return the option that lets MP4 and MOV say exactly when each stream begins.

    A late start is written in units of the whole movie, 1 ms unless said otherwise, rounded down.
    Multiples of the video's unit say its start exactly; half a sample says that of audio.
    """
    if not container.negative_times:
        return {}
    ticks = info.time_base.denominator
    finest = 2 * max(info.audio_rates, default=0)
    return {"movie_timescale": str(ticks * max(1, math.ceil(finest / ticks)))}


def _repeats(container: Container, info: MediaInfo) -> dict[str, str]:
    """Return the option that lets a GIF be played as often as the one that it is made of."""
    if container.format != "gif" or info.format != "gif":
        return {}
    return {"loop": "-1" if info.repeats is None else str(info.repeats)}


def _rate(info: MediaInfo, container: Container) -> Fraction:
    """Return the nominal frame rate; for a container with one rate, the finest sensible grid."""
    if container.constant_rate and info.frame_grid and info.frame_grid <= 240:
        return info.frame_grid
    return info.fps or Fraction(25)


def _time_base(info: MediaInfo, container: Container, rate: Fraction) -> Fraction:
    if container.tick is not None:
        return container.tick
    return 1 / rate if container.constant_rate else info.time_base

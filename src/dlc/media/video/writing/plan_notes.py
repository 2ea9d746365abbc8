"""What a video cannot be as it is in the input, in words for the user."""

from __future__ import annotations

from fractions import Fraction

from dlc.media.frames.fields import FieldOrder
from dlc.media.frames.planes import PixelLayout, require_layout
from dlc.media.info import MediaInfo
from dlc.media.video.writing.containers import Container
from dlc.media.video.writing.encoders import Encoder

# Codecs whose packets say themselves what shape pixels have.
_SHAPED = frozenset({"h264", "hevc"})


def format_notes(
    encoder: Encoder, source: PixelLayout, pix_fmt: str, *, is_opaque: bool
) -> list[str]:
    """Return what the encoder's pixel format loses of the input's."""
    if pix_fmt == "pal8":
        return ["GIF has 256 colors a frame: colors are reduced"]
    target = require_layout(pix_fmt)
    notes = []
    if target.depth < source.depth:
        notes.append(
            f"{source.depth} bits a sample become {target.depth}, all that {encoder.name} can write"
        )
    if source.component_count == 3 and target.chroma_shift > source.chroma_shift:
        notes.append(f"colors are stored at lower resolution: {encoder.name} cannot do otherwise")
    if source.has_alpha and not target.has_alpha and not is_opaque:
        notes.append(
            f"transparency is lost: {encoder.name} cannot write it; .webm, .mov with prores_ks and "
            ".mkv with ffv1 keep it"
        )
    if source.is_rgb and not target.is_rgb:
        rare = target.chroma_shift == (0, 0) and encoder.codec in ("h264", "hevc")
        shown = " with full color resolution, which some players cannot show" if rare else ""
        notes.append(f"RGB becomes YUV{shown}")
    return notes


def subtitle_notes(container: Container, info: MediaInfo) -> list[str]:
    """Return which subtitles are left out."""
    lost = [codec for codec in info.subtitle_codecs if not container.carries_subtitles(codec)]
    return [
        f"the {codec} subtitles are left out: {container.extension} cannot hold them, .mkv can"
        for codec in dict.fromkeys(lost)
    ]


def picture_notes(
    container: Container,
    info: MediaInfo,
    padding: tuple[int, int],
    time_base: Fraction,
    *,
    upright: bool,
) -> list[str]:
    """Return how the container changes the place of pixels and the times of pictures."""
    notes = []
    if upright:
        notes.append(f"{container.extension} stores no rotation: pictures are turned upright")
    if any(padding):
        notes.append(
            f"the odd size {info.coded_width} x {info.coded_height} cannot be encoded: the last "
            "column or row is repeated once"
        )
    known = info.rounded_to or info.time_base
    if (known / time_base).denominator != 1 and not container.constant_rate:
        notes.append(f"times are rounded to {float(time_base) * 1000:g} ms, the container's unit")
    return notes


def shape_notes(container: Container, encoder: Encoder, info: MediaInfo) -> list[str]:
    """Say that players are not told of pixels that are not square."""
    known = container.keeps_shape or encoder.codec in _SHAPED
    if info.sample_aspect_ratio is None or known:
        return []
    return [
        f"{container.extension} cannot say of {encoder.name}'s pictures that their pixels are not "
        "square: players show them too narrow or too wide; .mp4, .mov and libx264 can say it"
    ]


def field_notes(info: MediaInfo, fields: FieldOrder | None, *, scaled: bool) -> list[str]:
    """Return what becomes of interlaced pictures, whose fields are kept as `fields` says."""
    if not info.interlaced:
        return []
    if fields is not None:
        return ["the fields of interlaced pictures are scaled one by one"] if scaled else []
    how = "their fields scaled one by one" if scaled else "line by line unchanged"
    return [
        f"interlaced pictures are encoded as progressive ones, {how}: players will not deinterlace "
        "them"
    ]


def hdr_notes(encoder: Encoder, info: MediaInfo) -> list[str]:
    """Return what an encoder does not say of HDR pictures."""
    notes = []
    if info.colors.is_hdr and encoder.codec == "h264":
        notes.append("few players show HDR in H.264: libx265 is the encoder for it")
    if info.hdr and encoder.hdr is None:
        notes.append(f"{encoder.name} does not carry the HDR mastering metadata over")
    return notes

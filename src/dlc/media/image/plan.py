"""What an output image will be, decided and checked before any work is done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from dlc.errors import EncoderError, OutputError
from dlc.media.files.outputs import check_path
from dlc.media.frames.orientation import UPRIGHT
from dlc.media.frames.planes import layout_of
from dlc.media.frames.scaling import size_at_height
from dlc.media.frames.square_pixels import stretched
from dlc.media.image.kinds import (
    DEEP,
    DESCRIBED,
    LONGEST_SIDES,
    OUTPUT_EXTENSIONS,
    OUTPUT_KINDS,
    TRANSPARENT,
    OutputKind,
)
from dlc.media.info import MediaInfo
from dlc.media.limits import MAX_PHOTO_PIXELS
from dlc.media.quality import check_quality
from dlc.options import EncodeOptions


@dataclass(frozen=True, slots=True)
class ImagePlan:
    """How an image will be written.

    Attributes:
        kind: the kind of file.
        upright: whether pixels are turned upright, as the file cannot say that they are not.
        size: width and height that the pixels are scaled to as they are shown; None leaves them.
        notes: what cannot be as it is in the input, in words for the user.
    """

    kind: OutputKind
    upright: bool
    size: tuple[int, int] | None
    notes: tuple[str, ...]


def check_image(
    path: Path,
    info: MediaInfo,
    encoding: EncodeOptions,
    *,
    overwrite: bool,
    inputs: Iterable[Path] = (),
) -> ImagePlan:
    """Check everything about an output image, and decide how it is written.

    Args:
        path: the output.
        info: the target: an image, or a video of which a frame is written.
        encoding: quality, preset and height are used.
        overwrite: whether an existing file may be replaced.
        inputs: files besides the target that must not be overwritten.

    Raises:
        OutputError: if the output may not be written there, its extension is none of an image, or
            such a file cannot be that large.
        EncoderError: if a video encoder is asked for.
        OptionError: if the quality is off its scale, or the height is.
    """
    check_path(path, [info.path, *inputs], overwrite=overwrite)
    check_quality(encoding.quality)
    kind = _kind(path, info)
    if encoding.encoder is not None:
        raise EncoderError(f"{encoding.encoder} encodes videos: leave out `encoder` for a picture")
    upright = info.orientation != UPRIGHT and (kind not in DESCRIBED or not info.is_image)
    size = _size(info, encoding.height)
    _check_sides(path, kind, size or (info.width, info.height))
    notes = [] if info.is_image else _frame_notes(info, size)
    if upright and info.is_image:
        notes.append(f"{kind.name} stores no orientation here: the pixels are turned upright")
    return ImagePlan(kind, upright, size, (*notes, *_sample_notes(info, kind)))


def _kind(path: Path, info: MediaInfo) -> OutputKind:
    kind = OUTPUT_KINDS.get(path.suffix.lower())
    if kind is None:
        raise OutputError(
            f"{info.path.name} is a picture: name an output that ends in "
            f"{', '.join(OUTPUT_EXTENSIONS)}, not {path.name}"
        )
    return kind


def _size(info: MediaInfo, height: int | None) -> tuple[int, int] | None:
    """Return the size of a picture as shown, with square pixels; None if it is that already."""
    if height is None and info.sample_aspect_ratio is None:
        return None
    width = stretched(info.width, info.sample_aspect_ratio or Fraction(1), info.orientation)
    wanted = info.height if height is None else height
    size = size_at_height(width, info.height, wanted, 1, MAX_PHOTO_PIXELS)
    return None if size == (info.width, info.height) else size


def _check_sides(path: Path, kind: OutputKind, size: tuple[int, int]) -> None:
    most = LONGEST_SIDES.get(kind)
    if most is not None and max(size) > most:
        raise OutputError(
            f"{path.name} cannot have {size[0]} x {size[1]} pixels, as {kind.name} ends at {most} "
            "a side: pass a smaller `height` or choose another extension, such as .png"
        )


def _sample_notes(info: MediaInfo, kind: OutputKind) -> list[str]:
    """Return what samples lose for which a kind of file has no room."""
    layout = layout_of(info.pix_fmt)
    if layout is None:
        return []
    notes = []
    if layout.has_alpha and kind not in TRANSPARENT:
        notes.append("JPEG has no transparency: it is lost")
    if layout.depth > 8 and kind not in DEEP:
        # A picture of 10 bits was read as one of 16.
        bits = "more" if info.is_image else layout.depth
        notes.append(f"{kind.name} has 8 bits a sample: {bits} bits are reduced")
    return notes


def _frame_notes(info: MediaInfo, size: tuple[int, int] | None) -> list[str]:
    """Return what a picture of a video's frame does not show as players show the video."""
    notes = []
    if info.sample_aspect_ratio is not None and size is not None:
        notes.append(
            f"the video's pixels are not square: the picture is stretched to {size[0]} x {size[1]}"
        )
    if info.colors.is_hdr:
        notes.append(
            "the video is HDR, and the picture cannot say so: it looks flatter than the video"
        )
    if info.interlaced:
        notes.append("the frame is interlaced: both of its fields are in the picture")
    return notes

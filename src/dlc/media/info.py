"""What is known of a video or an image before it is processed."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from dlc.media.frames.color import ColorTags
from dlc.media.frames.fields import FieldOrder
from dlc.media.frames.orientation import UPRIGHT, Orientation
from dlc.media.frames.side_data import HdrMetadata


@dataclass(frozen=True, slots=True)
class MediaInfo:
    """A target's properties, copied out of its container.

    Attributes:
        path: the file.
        format: FFmpeg's name of the container, or the image format's extension without the dot.
        width: of the upright picture in pixels.
        height: of the upright picture in pixels.
        coded_width: of the picture as stored.
        coded_height: of the picture as stored.
        orientation: how stored pictures are turned for display.
        display_matrix: the container's display matrix, if it has one.
        time_base: the unit of the timestamps in seconds.
        rounded_to: the unit to which the file has rounded timestamps that are exact again, in
            seconds; None: they are those of the file.
        fps: the average frame rate, if known.
        frame_count: frames in the processed range, if known or worth an estimate.
        pix_fmt: FFmpeg's name of the pixel format frames come in.
        is_opaque: whether no pixel is transparent though `pix_fmt` has room for opacity, as far as
            is known.
        colors: the color tags as stored.
        hdr: the static HDR metadata, if there is any.
        sample_aspect_ratio: of the stored picture, if not square or unknown.
        reordered: whether frames are stored in another order than they are shown (B-frames).
        fields: which field of interlaced pictures is the earlier one; None: they are progressive.
        is_image: whether the target is a still image.
        frame_grid: the frame rate whose multiples all timestamps are, as far as is known.
        audio_codecs: FFmpeg's name of each audio stream's codec.
        audio_rates: samples a second of each audio stream.
        subtitle_codecs: FFmpeg's name of each subtitle stream's codec.
        repeats: how often an animation begins anew, 0 is for ever; None where it does not, or where
            the kind of file has no say in it.
        start: where the processed range begins, in seconds of the container's clock; None: at the
            first frame.
        end: where it ends; None: after the last frame.
        clock_start: the time in the container's clock that becomes 0 in an output of the whole
            target; other than 0 only for kinds of files whose clock starts anywhere.
    """

    path: Path
    format: str
    width: int
    height: int
    coded_width: int
    coded_height: int
    pix_fmt: str
    colors: ColorTags
    orientation: Orientation = UPRIGHT
    display_matrix: tuple[int, ...] | None = None
    time_base: Fraction = Fraction(1)
    rounded_to: Fraction | None = None
    fps: Fraction | None = None
    frame_count: int | None = None
    hdr: HdrMetadata | None = None
    sample_aspect_ratio: Fraction | None = None
    reordered: bool = False
    fields: FieldOrder | None = None
    is_image: bool = False
    frame_grid: Fraction | None = None
    audio_codecs: tuple[str, ...] = ()
    audio_rates: tuple[int, ...] = ()
    subtitle_codecs: tuple[str, ...] = ()
    is_opaque: bool = False
    repeats: int | None = None
    start: Fraction | None = None
    end: Fraction | None = None
    clock_start: Fraction = Fraction(0)

    @property
    def interlaced(self) -> bool:
        """Whether pictures are made of two fields."""
        return self.fields is not None

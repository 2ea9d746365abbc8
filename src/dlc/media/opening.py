"""Opens targets and outputs, whether they are pictures or videos."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from dlc.errors import OptionError, OutputError
from dlc.media.files.atomic import Finish
from dlc.media.files.failures import ALLOW_DAMAGED
from dlc.media.files.outputs import check_path
from dlc.media.files.paths import require_file
from dlc.media.image.kinds import OUTPUT_EXTENSIONS, is_image_name
from dlc.media.image.plan import check_image
from dlc.media.image.reader import ImageReader
from dlc.media.image.recognition import is_image
from dlc.media.image.writer import ImageWriter
from dlc.media.info import MediaInfo
from dlc.media.video.reading.reader import VideoReader
from dlc.media.video.writing.containers import container_for
from dlc.media.video.writing.plan import plan_video
from dlc.media.video.writing.writer import VideoWriter
from dlc.options import EncodeOptions, VideoDecoder


def open_target(
    path: Path,
    *,
    start: float | None = None,
    end: float | None = None,
    allow_damaged: bool = False,
    threads: int | None = None,
    decoder: VideoDecoder = VideoDecoder.SOFTWARE,
    advice: str = ALLOW_DAMAGED,
) -> VideoReader | ImageReader:
    """Open a target: an image as one frame, anything else as a video.

    Animated GIF and PNG are videos. The arguments and errors are those of `VideoReader`; an image
    has no range, so `start` and `end` are refused for it, and no choice of decoders.
    """
    require_file(path)
    if is_image(path):
        if start is not None or end is not None:
            raise OptionError(f"{path} is a picture: leave out `start` and `end`")
        return ImageReader(path, allow_damaged=allow_damaged, advice=advice)
    return VideoReader(
        path,
        start=start,
        end=end,
        allow_damaged=allow_damaged,
        threads=threads,
        decoder=decoder,
        advice=advice,
    )


def check_output(
    path: Path,
    source: VideoReader | ImageReader | MediaInfo,
    encoding: EncodeOptions | None = None,
    *,
    overwrite: bool = False,
    inputs: Iterable[Path] = (),
) -> list[str]:
    """Check everything about an output that needs no decoding, before any work is done.

    Args:
        path: the output.
        source: the target, or what is known of it.
        encoding: how to encode; the defaults if None.
        overwrite: whether an existing file may be replaced.
        inputs: files besides the target that must not be overwritten, such as source photos.

    Returns:
        What will not be as it is in the input, in words for the user.

    Raises:
        OutputError: if the output exists, is an input, lies in a missing or closed folder, has an
            unknown extension, or cannot hold the target's streams.
        EncoderError: if the encoder is unknown, does not fit or is not available.
        OptionError: if the quality is off its scale.
    """
    info = source if isinstance(source, MediaInfo) else source.info
    encoding = encoding or EncodeOptions()
    if info.is_image or is_image_name(path):
        return list(check_image(path, info, encoding, overwrite=overwrite, inputs=inputs).notes)
    check_path(path, [info.path, *inputs], overwrite=overwrite)
    try:
        container_for(path)
    except OutputError as error:
        pictures = ", ".join(OUTPUT_EXTENSIONS)
        raise OutputError(f"{error}, and one frame of it to {pictures}") from error
    return list(plan_video(path, info, encoding).notes)


def open_output(
    path: Path,
    source: VideoReader | ImageReader | MediaInfo,
    encoding: EncodeOptions | None = None,
    *,
    overwrite: bool = False,
    keep_partial: bool = False,
    threads: int | None = None,
    finish: Finish | None = None,
) -> VideoWriter | ImageWriter:
    """Open the output for a target: an image for an image, for a video what its name says.

    The arguments and errors are those of `VideoWriter` and `ImageWriter`.
    """
    if isinstance(source, ImageReader) or is_image_name(path):
        image = source.info if isinstance(source, VideoReader) else source
        return ImageWriter(path, image, encoding, overwrite=overwrite, finish=finish)
    return VideoWriter(
        path,
        source,
        encoding,
        overwrite=overwrite,
        keep_partial=keep_partial,
        threads=threads,
        finish=finish,
    )

"""Writes pictures that the program made as a small video."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import av
from av.video.reformatter import ColorRange, Colorspace

from dlc.arrays import Image
from dlc.media.files.failures import unwritable
from dlc.media.frames.color import HD_VIDEO


def write_drawn_clip(
    path: Path, pictures: Iterable[Image], size: tuple[int, int], fps: int
) -> None:
    """Encode pictures with x264, BT.709, as a file of its own.

    Args:
        path: an .mp4 file; replaced if it exists.
        pictures: uint8 (h, w, 3) BGR.
        size: width and height of every picture, both even.
        fps: pictures a second.

    Raises:
        OutputError: the file cannot be written.
    """
    try:
        with av.open(path, "w") as container:
            stream = container.add_stream("libx264", rate=fps, options={"preset": "veryfast"})
            stream.width, stream.height = size
            stream.pix_fmt = "yuv420p"
            # Without the tags players take a small picture for BT.601.
            HD_VIDEO.put_on(stream.codec_context)
            for picture in pictures:
                frame = av.VideoFrame.from_ndarray(picture, format="bgr24").reformat(
                    format="yuv420p",
                    dst_colorspace=Colorspace.ITU709,
                    dst_color_range=ColorRange.MPEG,
                )
                container.mux(stream.encode(frame))
            container.mux(stream.encode())
    except (av.FFmpegError, OSError) as error:
        raise unwritable(path, error) from error

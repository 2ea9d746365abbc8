"""Opening input files, and nothing that they may refer to."""

from __future__ import annotations

from pathlib import Path

import av
from av.codec.hwaccel import HWAccel
from av.container import InputContainer
from av.stream import Stream

from dlc.errors import InputError
from dlc.media.files.failures import unreadable


def open_input(path: Path, hwaccel: HWAccel | None = None) -> InputContainer:
    """Open a media file.

    Args:
        path: the file.
        hwaccel: decodes its pictures; None is software.

    Raises:
        InputError: if it cannot be opened.
    """
    try:
        return av.open(
            f"file:{path}",
            container_options={"protocol_whitelist": "file"},
            # Old files carry names in all kinds of encodings; they are passed on as they are.
            metadata_errors="surrogateescape",
            hwaccel=hwaccel,
        )
    except av.InvalidDataError as error:
        raise InputError(f"{path} is not a video or picture that can be read") from error
    except (OSError, av.FFmpegError) as error:
        raise unreadable(path, error) from error


def codec_name(stream: Stream) -> str:
    """Return FFmpeg's name of a stream's codec, "unknown" where it knows none."""
    context = stream.codec_context
    return context.codec.canonical_name if context else "unknown"

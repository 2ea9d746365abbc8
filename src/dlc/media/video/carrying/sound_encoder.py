"""Adding sound that has to be encoded to a file."""

from __future__ import annotations

from typing import Any

import av
from av.container import OutputContainer

from dlc.errors import EncoderError
from dlc.media.files.failures import reason_of

# Bits a second: transparent for AAC and Opus.
_BITS_PER_CHANNEL = 96_000


def add_sound(output: OutputContainer, encoder: str, rate: int, layout: str) -> Any:
    """Add a stream of sound to a file, and open its encoder.

    Args:
        output: a file whose header is not written yet.
        encoder: FFmpeg's name of the encoder.
        rate: samples a second, one that the encoder takes.
        layout: FFmpeg's name of the channels, such as "stereo".

    Returns:
        PyAV's stream, whose type stubs do not know what it passes on to its codec context.

    Raises:
        EncoderError: the encoder does not take such sound.
    """
    stream: Any = output.add_stream(encoder, rate=rate)
    stream.layout = layout
    stream.bit_rate = _BITS_PER_CHANNEL * stream.layout.nb_channels
    try:
        stream.codec_context.open()
    except (av.FFmpegError, ValueError) as error:
        raise EncoderError(f"{encoder} cannot encode {layout} sound: {reason_of(error)}") from error
    return stream

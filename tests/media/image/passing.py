"""Pictures that go through a reader and a writer, with or without a white patch."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from dlc.geometry import Box
from dlc.media.image.reader import ImageReader
from dlc.media.image.writer import ImageWriter
from dlc.media.opening import open_output, open_target
from dlc.options import EncodeOptions

WHITE = np.full((9, 11, 3), 255, np.uint8)


def pass_through(
    source: Path, output: Path, encoding: EncodeOptions | None = None, paste: Box | None = None
) -> ImageWriter:
    """Write a picture as another one, with `WHITE` at `paste`, and return what wrote it."""
    with open_target(source) as reader:
        assert isinstance(reader, ImageReader)
        with open_output(output, reader, encoding) as writer:
            for frame in reader:
                if paste is not None:
                    frame.paste(paste, WHITE, WHITE[..., 0])
                writer.write(frame)
    assert isinstance(writer, ImageWriter)
    return writer

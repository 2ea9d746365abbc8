"""The moments before the first wanted frame, which a fresh engine has to see.

They let it track the faces and know the light, so that its first frame looks as it does in the
middle of a run.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from dlc.media.video.reading.reader import VideoReader
from dlc.options import SwapOptions

# Seconds of the target. Color, light and sharpness settle in that time: their running means forget
# nine tenths in 10 to 25 frames.
WARM_UP = Fraction(3, 2)


def open_early(
    target: Path,
    options: SwapOptions,
    threads: int,
    *,
    begin: Fraction | None,
    origin: Fraction,
    not_before: float = 0.0,
) -> VideoReader:
    """Open a video at the moments before a frame.

    Args:
        target: the video.
        options: where its wanted range ends, and how it is read.
        threads: CPU threads for the decoder.
        begin: the earliest time of the frame, in seconds on the video's clock; None opens the video
            at `not_before`.
        origin: the time on that clock that a player shows as 0.
        not_before: seconds into the video before which nothing is of use.

    Raises:
        InputError, DamagedInputError, OptionError: as `VideoReader` does.
    """
    start = not_before
    if begin is not None:
        start = max(not_before, float(begin - origin - WARM_UP))
    return VideoReader(
        target,
        start=start or None,
        end=options.end,
        allow_damaged=options.allow_damaged,
        threads=threads,
        decoder=options.decoder,
    )

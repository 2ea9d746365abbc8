"""What is known of a plain clip."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from dlc.media.frames.color import ColorTags
from dlc.media.info import MediaInfo

INFO = MediaInfo(
    path=Path("in.mp4"),
    format="mp4",
    width=64,
    height=48,
    coded_width=64,
    coded_height=48,
    pix_fmt="yuv420p",
    colors=ColorTags(),
    time_base=Fraction(1, 12800),
    fps=Fraction(25),
)

"""Clips that say how bright they are meant to be."""

from __future__ import annotations

from dlc.media.frames.color import ColorTags
from tests.media.material import Clip

DISPLAY = "G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,50)"
HDR10 = Clip(
    pix_fmt="yuv420p10le",
    codec="libx265",
    options={"x265-params": f"log-level=none:master-display={DISPLAY}:max-cll=1000,400"},
    tags=ColorTags(9, 16, 9, 1),
)

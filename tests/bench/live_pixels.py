"""Whole pictures on the way into and out of a live run, beside swscale's way in one step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import av
import cv2
import numpy as np
from rich.console import Console
from rich.table import Table

from dlc.media.frames.color import ColorTags, convert
from dlc.media.frames.orientation import UPRIGHT
from dlc.media.frames.upright_bgr import upright_bgr
from dlc.media.live.writer import picture_of
from tests import clips
from tests.bench.speed import Spread
from tests.bench.turns import alternate

WIDTH, HEIGHT = 1920, 1080
ROUNDS = 60
_VIDEO = ColorTags(1, 1, 1, 1)
_RGB = ColorTags(1, 1, 0, 2)


def measure(console: Console) -> dict[str, Any]:
    """Time all ways in turn, on one thread, print a table and return the figures."""
    bgr = cv2.resize(clips.astronaut(), (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    native = picture_of(np.asarray(bgr, np.uint8))
    ways: dict[str, Callable[[], object]] = {
        "yuv420p to BGR, swscale": lambda: convert(native, "bgr24", _VIDEO, _RGB).to_ndarray(),
        "yuv420p to BGR, dlc": lambda: upright_bgr(native, _VIDEO, UPRIGHT),
        "BGR to yuv420p, swscale": lambda: convert(
            av.VideoFrame.from_ndarray(bgr, format="bgr24"), "yuv420p", _RGB, _VIDEO
        ),
        "BGR to yuv420p, dlc": lambda: picture_of(bgr),
    }
    figures = {name: Spread.of(times) for name, times in alternate(ways, ROUNDS).items()}
    table = Table(f"{WIDTH}x{HEIGHT}", "ms (least-most)", box=None, pad_edge=False)
    for name, each in figures.items():
        table.add_row(name, f"{each.median:.1f} ({each.low:.1f}-{each.high:.1f})")
    console.print(table)
    return {"width": WIDTH, "height": HEIGHT, "milliseconds": figures}

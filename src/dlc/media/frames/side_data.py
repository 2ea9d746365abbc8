"""What frames carry beside their samples: how they lie, and how bright they are meant to be."""

from __future__ import annotations

import logging
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import av
from av.sidedata.sidedata import SideDataContainer

from dlc.media.frames.orientation import UPRIGHT, Orientation

logger = logging.getLogger(__name__)

# PyAV counts the degrees counterclockwise.
_ROTATIONS = {
    90: Orientation(True, False, True),
    180: Orientation(False, True, True),
    270: Orientation(True, True, False),
}


# Their decoder attaches color profiles with a name, which PyAV frees together with what it shows
# of them, and FFmpeg once more: that crashes. Neither kind has anything else to say.
_CRASHING = frozenset({"png", "apng"})


@dataclass(frozen=True, slots=True)
class HdrMetadata:
    """The static metadata of HDR10, in the words that x264 and x265 take.

    Attributes:
        mastering_display: colors and luminance of the display the film was made on (SMPTE ST 2086),
            as G(x,y)B(x,y)R(x,y)WP(x,y)L(max,min) in units of 0.00002 and 0.0001 cd/m2.
        content_light: the brightest pixel and the brightest frame, as max,average in cd/m2.
    """

    mastering_display: str | None = None
    content_light: str | None = None


def _read_side_data(frame: av.VideoFrame, codec: str = "") -> Mapping[str, bytes] | None:
    """Return a frame's side data by FFmpeg's names; None where PyAV cannot show it.

    Args:
        frame: as it came out of the decoder.
        codec: FFmpeg's name of the codec.
    """
    if codec in _CRASHING:
        return None
    try:
        # `frame.side_data` and the frame would hold each other, and with them all pictures of the
        # decoder, until Python looks for such cycles. The stubs know a few kinds of side data only.
        return {data.type.name: bytes(data) for data in cast(Any, SideDataContainer)(frame)}
    except ValueError:
        # One kind that PyAV does not know hides all the others.
        return None


def display_matrix(frame: av.VideoFrame, codec: str = "") -> tuple[int, ...] | None:
    """Return the display matrix that a frame of a codec carries, None for the identity."""
    side_data = _read_side_data(frame, codec)
    if side_data is None:
        turn = _ROTATIONS.get(frame.rotation % 360)
        if codec not in _CRASHING:
            logger.warning("the display matrix is unreadable; its rotation alone is used")
        return turn.display_matrix if turn else None
    if "DISPLAYMATRIX" not in side_data:
        return None
    matrix = struct.unpack("9i", side_data["DISPLAYMATRIX"])
    return None if matrix[:5] == UPRIGHT.display_matrix[:5] else matrix


def hdr_metadata(frame: av.VideoFrame, codec: str = "") -> HdrMetadata | None:
    """Return the static HDR metadata that a frame of a codec carries, None where there is none."""
    side_data = _read_side_data(frame, codec) or {}
    light = None
    if "CONTENT_LIGHT_LEVEL" in side_data:
        light = "{},{}".format(*struct.unpack("2I", side_data["CONTENT_LIGHT_LEVEL"]))
    display = _mastering_display(side_data.get("MASTERING_DISPLAY_METADATA"))
    return HdrMetadata(display, light) if display or light else None


def _mastering_display(data: bytes | None) -> str | None:
    """Return FFmpeg's AVMasteringDisplayMetadata in words.

    The structure is ten rational numbers (red, green, blue and white x and y, least and greatest
    luminance) and two flags that say whether the colors and the luminance are there.
    """
    if data is None or len(data) < 88:
        return None
    *numbers, has_colors, has_luminance = struct.unpack("20i2i", data[:88])
    if not (has_colors and has_luminance) or not all(numbers[1::2]):
        return None
    values = [top / bottom for top, bottom in zip(numbers[::2], numbers[1::2], strict=True)]
    red, green, blue, white = (
        f"({round(x * 50000)},{round(y * 50000)})"
        for x, y in zip(values[0:8:2], values[1:8:2], strict=True)
    )
    least, greatest = (round(value * 10000) for value in values[8:])
    return f"G{green}B{blue}R{red}WP{white}L({greatest},{least})"

"""From decoded pictures to upright BGR pixels."""

from __future__ import annotations

import av
import numpy as np
from numpy.typing import NDArray

from dlc.media.color import ColorTags, convert
from dlc.media.orientation import Orientation


def upright_bgr(
    native: av.VideoFrame, colors: ColorTags, orientation: Orientation
) -> NDArray[np.uint8]:
    """Return a decoded picture as its viewer sees it.

    Args:
        native: the picture in any pixel format.
        colors: the stream's color tags, as stored.
        orientation: how coded pixels are turned for display.

    Returns:
        uint8 (h, w, 3) BGR; the transfer function stays that of the stream.
    """
    source = colors.resolved(native.format.name, native.height)
    bgr = convert(native, "bgr24", source, source.resolved("bgr24", native.height))
    return np.ascontiguousarray(orientation.to_upright(bgr.to_ndarray()), dtype=np.uint8)

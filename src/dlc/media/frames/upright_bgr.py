"""From decoded pictures to upright BGR pixels."""

from __future__ import annotations

import av
import cv2
import numpy as np

from dlc.arrays import Image
from dlc.media.frames.color import ColorTags, convert
from dlc.media.frames.orientation import Orientation
from dlc.media.frames.planes import plane_arrays


def upright_bgr(native: av.VideoFrame, colors: ColorTags, orientation: Orientation) -> Image:
    """Return a decoded picture as its viewer sees it.

    Args:
        native: the picture in any pixel format.
        colors: the stream's color tags, as stored.
        orientation: how coded pixels are turned for display.

    Returns:
        uint8 (h, w, 3) BGR; the transfer function stays that of the stream.
    """
    source = colors.resolved(native.format.name, native.height)
    # To planes of their own swscale gives the same samples in half of the time; merging them takes
    # a part of the rest.
    rgb = convert(native, "gbrp", source, source.resolved("gbrp", native.height))
    green, blue, red = plane_arrays(rgb)
    bgr = np.asarray(cv2.merge([blue, green, red]), np.uint8)
    return np.ascontiguousarray(orientation.to_upright(bgr))

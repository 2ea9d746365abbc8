"""From decoded pictures to those that screens show: upright, with square pixels."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np

from dlc.arrays import Image
from dlc.media.frames.color import ColorTags
from dlc.media.frames.orientation import UPRIGHT, Orientation
from dlc.media.frames.scaling import resized
from dlc.media.frames.square_pixels import shown_width
from dlc.media.frames.upright_bgr import upright_bgr


class Display:
    """How the pictures of a video are shown.

    Attributes:
        width: of a picture as shown, in pixels.
        height: the same as that of the stored picture, when it is upright.
    """

    def __init__(
        self,
        width: int,
        height: int,
        ratio: Fraction | None = None,
        orientation: Orientation = UPRIGHT,
    ) -> None:
        """Find out the size.

        Args:
            width: of pictures as they are stored, in pixels.
            height: of pictures as they are stored, in pixels.
            ratio: of a stored pixel's width to its height; None or 0 if it is unknown.
            orientation: how stored pictures are turned for display.
        """
        self._orientation = orientation
        self._stored = orientation.upright_size(width, height)
        self.width = shown_width(width, height, ratio, orientation)
        self.height = self._stored[1]

    def bgr_of(self, native: av.VideoFrame, colors: ColorTags) -> Image:
        """Return uint8 (height, width, 3) BGR; another size where the stored one has changed.

        Args:
            native: the picture in any pixel format.
            colors: the video's color tags, as stored.
        """
        bgr = upright_bgr(native, colors, self._orientation)
        stored = bgr.shape[1], bgr.shape[0]
        if stored != self._stored or self.width == stored[0]:
            return bgr
        return np.asarray(resized(bgr, self.width, self.height), np.uint8)

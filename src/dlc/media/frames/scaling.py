"""Giving finished pictures another size."""

from __future__ import annotations

from fractions import Fraction

import av
import cv2
import numpy as np
from av.video.reformatter import Interpolation, VideoReformatter

from dlc.arrays import Array
from dlc.errors import OptionError
from dlc.media.frames.color import ColorTags
from dlc.media.frames.planes import plane_arrays, require_layout
from dlc.media.limits import LEAST_HEIGHT, megapixels

# Down to 360 rows of 1080, this comes 1 to 3 dB closer than Lanczos to what a camera with so many
# pixels sees, and its halos around edges are half as strong where pictures grow.
_BICUBIC = Interpolation.BICUBIC | Interpolation.ACCURATE_RND


def size_at_height(
    width: Fraction | int, height: int, wanted: int, step: int, most: int
) -> tuple[int, int]:
    """Return the size of a picture that has another height and, as nearly as can be, its shape.

    Args:
        width: of the picture as shown, in pixels.
        height: of the picture as shown, in pixels.
        wanted: the height it gets.
        step: what the width has to be a multiple of.
        most: how many pixels there may be.

    Raises:
        OptionError: there would be more, or the height is next to none.
    """
    if wanted < min(LEAST_HEIGHT, height):
        raise OptionError(f"`height` is {wanted}: give at least {LEAST_HEIGHT}")
    scaled = max(step, round(Fraction(width) * wanted / height / step) * step)
    if scaled * wanted > most:
        raise OptionError(
            f"`height` is {wanted}, and pictures of {scaled} x {wanted} pixels have more than the "
            f"{megapixels(most)} that dlc writes: give less"
        )
    return scaled, wanted


class PictureScaler:
    """Scales pictures of a video, each in its own pixel format; called from one thread.

    The two fields of interlaced pictures are scaled one by one, which swscale does by the flag that
    they carry.

    Args:
        width: of the results as stored, in pixels.
        height: of the results as stored, in pixels.
    """

    def __init__(self, width: int, height: int) -> None:
        self._size = (width, height)
        # Kept, because its filters take as long to set up as a picture to scale.
        self._swscale = VideoReformatter()

    def __call__(self, native: av.VideoFrame) -> av.VideoFrame:
        """Return a new picture of the other size."""
        layout = require_layout(native.format.name)
        if layout.is_rgb and layout.has_alpha and layout.planes[0].components[3:] == (None,):
            # Such pictures may be transparent here and there, as in GIF.
            scaled = av.VideoFrame(*self._size, layout.name)
            plane_arrays(scaled)[0][...] = resized(plane_arrays(native)[0], *self._size)
            return scaled
        # One thread: the stages that run meanwhile keep the cores busy.
        scaled = self._swscale.reformat(native, *self._size, interpolation=_BICUBIC, threads=1)
        # PyAV has one name for two of them.
        ColorTags.of(native).put_on(scaled)
        return scaled


def resized(pixels: Array, width: int, height: int) -> Array:
    """Return pixels at another size.

    Args:
        pixels: uint8 or uint16 (h, w), (h, w, 3), or (h, w, 4) where the last is opacity.
        width: of the result in pixels.
        height: of the result in pixels.

    Returns:
        An array of the same type and number of channels.
    """
    size = (width, height)
    grows = width > pixels.shape[1] or height > pixels.shape[0]
    way = cv2.INTER_CUBIC if grows else cv2.INTER_AREA
    plain = np.asarray(cv2.resize(pixels, size, interpolation=way))
    if pixels.ndim == 2 or pixels.shape[2] < 4 or pixels[..., 3].min() == pixels[..., 3].max():
        return plain
    # Transparent pixels have any color, which must not show at the edges of what is opaque.
    weight = pixels[..., 3].astype(np.float32)
    total = np.asarray(cv2.resize(weight, size, interpolation=way))
    seen = total >= 1
    for channel in range(3):
        color = cv2.resize(pixels[..., channel] * weight, size, interpolation=way)
        mean = np.divide(color, total, where=seen, out=np.zeros_like(total))
        limit = np.iinfo(pixels.dtype).max
        plain[seen, channel] = np.clip(np.round(mean[seen]), 0, limit).astype(pixels.dtype)
    return plain

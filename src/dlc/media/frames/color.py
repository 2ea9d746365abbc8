"""Color tags, and exact conversion between BGR and the components videos are stored in."""

from __future__ import annotations

from dataclasses import dataclass, replace

import av
import cv2
import numpy as np
from av.video.codeccontext import VideoCodecContext
from av.video.reformatter import Interpolation, VideoReformatter

from dlc.arrays import Array, Doubles, Floats, Image
from dlc.media.frames.planes import PixelLayout

UNSPECIFIED = 2
LIMITED, FULL = 1, 2
RGB, BT709, BT601 = 0, 1, 6
_PQ, _HLG = 16, 18
# ITU-T H.273, table 4: matrix coefficients -> the weights of red and blue in luma.
_LUMA_WEIGHTS = {
    1: (0.2126, 0.0722),
    4: (0.30, 0.11),
    5: (0.299, 0.114),
    6: (0.299, 0.114),
    7: (0.212, 0.087),
    9: (0.2627, 0.0593),
    10: (0.2627, 0.0593),
}
# The same matrices in the numbers of swscale's SWS_CS constants.
_SWSCALE_MATRIX = {1: 1, 4: 4, 5: 5, 6: 5, 7: 7, 9: 9, 10: 9}
_U8 = cv2.CV_8U
# Without these flags swscale rounds down (a round trip darkens by more than one level) and takes
# one chroma sample for two pixels.
_EXACT = (
    Interpolation.BILINEAR
    | Interpolation.ACCURATE_RND
    | Interpolation.FULL_CHR_H_INT
    | Interpolation.FULL_CHR_H_INP
)


@dataclass(frozen=True, slots=True)
class ColorTags:
    """What a stream says about its colors, in the numbers of ITU-T H.273; 2 is "unspecified".

    Attributes:
        primaries: chromaticities of red, green, blue and white.
        transfer: the transfer characteristic.
        matrix: how luma and chroma come from red, green and blue.
        range: 0 unspecified, 1 limited (16-235 in 8 bits), 2 full.
    """

    primaries: int = UNSPECIFIED
    transfer: int = UNSPECIFIED
    matrix: int = UNSPECIFIED
    range: int = 0

    @classmethod
    def of(cls, frame: av.VideoFrame) -> ColorTags:
        """Return the tags a decoded frame carries."""
        return cls(frame.color_primaries, frame.color_trc, frame.colorspace, frame.color_range)

    @property
    def is_hdr(self) -> bool:
        """Whether samples mean more light than a conventional screen has (PQ or HLG)."""
        return self.transfer in (_PQ, _HLG)

    def put_on(self, target: av.VideoFrame | VideoCodecContext) -> None:
        """Write the tags to a frame, or to an encoder that is not open yet."""
        target.color_primaries = self.primaries
        target.color_trc = self.transfer
        target.colorspace = self.matrix
        target.color_range = self.range

    def resolved(self, pix_fmt: str, height: int) -> ColorTags:
        """Return the tags with matrix and range filled in where the stream leaves them open.

        An unspecified matrix counts as BT.601 below 720 coded rows and in the yuvj formats of JPEG,
        as BT.709 otherwise, as players do; so does one that is no weighted sum of red, green and
        blue (YCgCo, ICtCp). An unspecified range is limited, except that gray and yuvj are full.
        """
        jpeg = pix_fmt.startswith("yuvj")
        matrix = self.matrix
        if matrix not in _LUMA_WEIGHTS:
            matrix = BT601 if jpeg or height < 720 else BT709
        assumed = FULL if jpeg or pix_fmt.startswith(("gray", "ya")) else LIMITED
        return replace(self, matrix=matrix, range=FULL if jpeg else self.range or assumed)


# What high-definition video is made in (ITU-R BT.709).
HD_VIDEO = ColorTags(BT709, BT709, BT709, LIMITED)


def components_to_bgr(components: Array, layout: PixelLayout, tags: ColorTags) -> Image:
    """Convert full-resolution components to BGR.

    Args:
        components: (h, w, 3) or (h, w) for gray, in sample values of the format; float32, or uint8
            for 8-bit RGB.
        layout: the pixel format the components are from.
        tags: its colors, resolved.

    Returns:
        uint8 (h, w, 3) BGR, rounded and clipped; the transfer function stays that of the stream.
    """
    if components.dtype == np.uint8:
        return components
    forward = from_bgr_matrix(layout, tags)
    if components.ndim == 2:
        gain = forward[0, :3].sum()
        gray = cv2.addWeighted(
            components, 1 / gain, components, 0, -forward[0, 3] / gain, dtype=_U8
        )
        return np.asarray(cv2.merge([gray, gray, gray]))
    inverse = np.linalg.inv(np.vstack([forward, (0, 0, 0, 1)]))[:3]
    bgr = cv2.transform(components, inverse)
    return np.asarray(cv2.addWeighted(bgr, 1, bgr, 0, 0, dtype=_U8))


def bgr_to_components(bgr: Image, layout: PixelLayout, tags: ColorTags) -> list[Floats]:
    """Convert BGR to full-resolution components.

    Args:
        bgr: uint8 (h, w, 3).
        layout: the pixel format the components are for.
        tags: its colors, resolved.

    Returns:
        One float32 (h, w) array a component, in sample values of the format, not rounded: a 10-bit
        format gets values between those that 8 bits can say.
    """
    matrix = from_bgr_matrix(layout, tags)[: layout.component_count]
    pixels = bgr.astype(np.float32)
    # Row by row: three small products are faster than one that has to be taken apart afterwards.
    return [np.asarray(cv2.transform(pixels, row[np.newaxis])) for row in matrix]


def convert(
    frame: av.VideoFrame,
    pix_fmt: str,
    source: ColorTags,
    target: ColorTags,
    size: tuple[int, int] | None = None,
) -> av.VideoFrame:
    """Convert a whole frame to another pixel format.

    Args:
        frame: the frame; its tags are set to `source`.
        pix_fmt: FFmpeg's name of the wanted format.
        source: the colors of `frame`, resolved.
        target: the colors of the result, resolved.
        size: width and height of the result; those of `frame` if None.

    Returns:
        A frame in `pix_fmt`, tagged with `target`.
    """
    source.put_on(frame)
    is_rgb = av.VideoFormat(pix_fmt).is_rgb
    width, height = size or (frame.width, frame.height)
    result = VideoReformatter().reformat(
        frame,
        width,
        height,
        format=pix_fmt,
        dst_colorspace=None if is_rgb else _SWSCALE_MATRIX[target.matrix],
        dst_color_range=FULL if is_rgb else target.range,
        interpolation=_EXACT,
    )
    target.put_on(result)
    return result


def from_bgr_matrix(layout: PixelLayout, tags: ColorTags) -> Doubles:
    """Return the affine map from BGR (0-255) to component values (ITU-T H.273, 8.3).

    Args:
        layout: the pixel format of the components.
        tags: its colors, resolved.

    Returns:
        float64 (3, 4), as `cv2.transform` takes it.
    """
    peak = (1 << layout.depth) - 1
    if layout.is_rgb:
        return np.hstack([np.eye(3) * peak / 255, np.zeros((3, 1))])
    red, blue = _LUMA_WEIGHTS[tags.matrix]
    luma = np.array([blue, 1 - red - blue, red])
    rows = np.stack(
        [
            luma,
            (np.array([1, 0, 0]) - luma) / (2 - 2 * blue),
            (np.array([0, 0, 1]) - luma) / (2 - 2 * red),
        ]
    )
    if tags.range == FULL:
        scale, offset = np.array([peak] * 3), np.array([0, (peak + 1) / 2, (peak + 1) / 2])
    else:
        unit = 1 << (layout.depth - 8)
        scale, offset = np.array([219, 224, 224]) * unit, np.array([16, 128, 128]) * unit
    return np.hstack([rows * scale[:, None] / 255, offset[:, None]])

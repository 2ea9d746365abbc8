"""OpenCV's resampling and smoothing with types: bytes stay bytes and floats stay floats."""

from __future__ import annotations

from typing import Any, TypeVar, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from dlc.compositing.arrays import Bytes, Flags, Floats
from dlc.geometry import Box

_MAP_WIDTH = 1024

# An image (h, w) or (h, w, channels) of bytes or floats; what comes out is of the same kind.
Image = TypeVar("Image", bound=NDArray[Any])


def blur(image: Image, sigma: float, *, border: int = cv2.BORDER_REFLECT_101) -> Image:
    """Smooth an image by a Gaussian of `sigma` pixels."""
    return cast(Image, cv2.GaussianBlur(image, (0, 0), sigma, borderType=border))


def broad_blur(image: Image, sigma: float, *, border: int = cv2.BORDER_CONSTANT) -> Image:
    """Smooth by a Gaussian of many pixels, at a quarter of the resolution.

    Nothing finer than `sigma` is left to lose; about ten times faster than `blur`. Unless another
    border is asked for, what is outside counts as 0.
    """
    rows, columns = image.shape[:2]
    small = resize(image, (columns // 4, rows // 4))
    return resize(blur(small, sigma / 4, border=border), (columns, rows))


def cut(image: Image, box: Box) -> Image:
    """Return the pixels of a rectangle inside an image; they share its memory."""
    return cast(Image, image[box.top : box.bottom, box.left : box.right])


def grow(image: Image, reach: int) -> Image:
    """Take the brightest value within `reach` pixels of each pixel."""
    return cast(Image, cv2.dilate(image, ellipse(2 * reach + 1)))


def shrink(image: Image, reach: int) -> Image:
    """Take the darkest value within `reach` pixels of each pixel; outside counts as bright."""
    return cast(Image, cv2.erode(image, ellipse(2 * reach + 1)))


def ellipse(width: int) -> Bytes:
    """Return the kernel of a round morphological operation, `width` pixels across."""
    return cast(Bytes, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width)))


def resize(image: Image, size: tuple[int, int]) -> Image:
    """Resize to `size` (width, height): averaging where it shrinks, linear where it grows."""
    shrinks = size[0] < image.shape[1] or size[1] < image.shape[0]
    method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return cast(Image, cv2.resize(image, size, interpolation=method))


def sample(
    image: Image,
    where: Floats,
    *,
    method: int = cv2.INTER_LINEAR,
    border: int = cv2.BORDER_REPLICATE,
) -> Image:
    """Sample an image at points (h, w, 2), x and y in its pixels; returns (h, w, ...).

    Four channels take half as long as three.
    """
    # OpenCV's stubs do not know that None stands for "both coordinates are in the first map".
    sampled = cv2.remap(image, where, None, method, borderMode=border)  # type: ignore[call-overload]
    return cast(Image, sampled)


def sharpen_samples(sampled: Bytes, image: Bytes, where: Floats, which: Flags) -> None:
    """Replace some of the pixels that `sample` returned by cubic ones, in place.

    A cubic keeps the detail that linear interpolation blurs between pixels, and takes eight times
    as long.

    Args:
        sampled: uint8 (h, w, channels), what `sample` made of the image.
        image: uint8, what was sampled.
        where: float32 (h, w, 2), the points.
        which: bool (h, w), the pixels to replace.
    """
    points = where[which]
    # OpenCV takes maps of up to 32767 columns.
    rows = -(-len(points) // _MAP_WIDTH)
    padded = np.zeros((rows * _MAP_WIDTH, 2), np.float32)
    padded[: len(points)] = points
    if rows:
        cubic = sample(image, padded.reshape(rows, _MAP_WIDTH, 2), method=cv2.INTER_CUBIC)
        sampled[which] = cubic.reshape(-1, image.shape[2])[: len(points)]


def blend(over: Bytes, under: Bytes, opacity: Floats) -> Bytes:
    """Lay one picture (h, w, channels) over another by an opacity (h, w) of 0 to 1."""
    return cast(Bytes, cv2.blendLinear(over, under, opacity, 1 - opacity))


def smoothstep(value: Floats, low: float, high: float) -> Floats:
    """Rise from 0 at `low` to 1 at `high` without a kink; falls if `high` is below `low`."""
    t = np.clip((value - np.float32(low)) / np.float32(high - low), np.float32(0), np.float32(1))
    rising: Floats = t * t * (3 - 2 * t)
    return rising

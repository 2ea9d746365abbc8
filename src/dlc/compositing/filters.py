"""Typed wrappers of OpenCV's resampling and smoothing: bytes stay bytes, floats stay floats."""

from __future__ import annotations

from typing import Any, TypeVar, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from dlc.arrays import Bytes, Flags, Floats
from dlc.geometry import Box

# OpenCV takes maps of up to 32767 columns.
_MAP_WIDTH = 1024
# Pixels of a blur from which a quarter of the resolution is good enough.
_BROAD = 16.0

# An image (h, w) or (h, w, channels) of bytes or floats; the result is of the same kind.
Image = TypeVar("Image", bound=NDArray[Any])


def blur(image: Image, sigma: float, *, border: int = cv2.BORDER_REFLECT_101) -> Image:
    """Smooth an image with a Gaussian of `sigma` pixels."""
    return cast(Image, cv2.GaussianBlur(image, (0, 0), sigma, borderType=border))


def broad_blur(image: Image, sigma: float, *, border: int = cv2.BORDER_CONSTANT) -> Image:
    """Smooth with a Gaussian of many pixels, at a quarter of the resolution.

    Detail finer than `sigma` is lost anyway; about ten times faster than `blur`. By default, pixels
    outside count as 0.
    """
    rows, columns = image.shape[:2]
    small = resize(image, (columns // 4, rows // 4))
    return resize(blur(small, sigma / 4, border=border), (columns, rows))


def spread(values: Floats, sigma: float) -> Floats:
    """Smooth with a Gaussian of any number of pixels, at less resolution if they are many.

    Borders are mirrored.
    """
    if sigma < _BROAD:
        return blur(values, sigma)
    return broad_blur(values, sigma, border=cv2.BORDER_REFLECT)


def cut(image: Image, box: Box) -> Image:
    """Return a view of the pixels of a rectangle inside an image."""
    return cast(Image, image[box.top : box.bottom, box.left : box.right])


def grow(image: Image, reach: int) -> Image:
    """Take the brightest value within `reach` pixels of each pixel."""
    return cast(Image, cv2.dilate(image, ellipse(2 * reach + 1)))


def shrink(image: Image, reach: int) -> Image:
    """Take the darkest value within `reach` pixels of each pixel; outside counts as bright."""
    return cast(Image, cv2.erode(image, ellipse(2 * reach + 1)))


def ellipse(width: int) -> Bytes:
    """Return a round kernel for morphological operations, `width` pixels across."""
    return cast(Bytes, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width)))


def resize(image: Image, size: tuple[int, int]) -> Image:
    """Resize to `size` (width, height): averaging to shrink, linear to enlarge."""
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
    # OpenCV's stubs do not know that None means that the first map has both coordinates.
    sampled = cv2.remap(image, where, None, method, borderMode=border)  # type: ignore[call-overload]
    return cast(Image, sampled)


def sharpen_samples(sampled: Bytes, image: Bytes, where: Floats, which: Flags) -> None:
    """Replace some of the pixels that `sample` returned by cubic ones, in place.

    A cubic keeps the detail that linear interpolation blurs between pixels, and takes eight times
    as long.

    Args:
        sampled: uint8 (h, w, 4), what `sample` made of the image.
        image: uint8 (rows, columns, 4), what was sampled.
        where: float32 (h, w, 2), the points.
        which: bool (h, w), the pixels to replace.
    """
    # NumPy picks single numbers several times as fast as rows of two points or four channels.
    points = where.view(np.complex64)[..., 0][which]
    rows = -(-len(points) // _MAP_WIDTH)
    if not rows:
        return
    padded = np.zeros(rows * _MAP_WIDTH, np.complex64)
    padded[: len(points)] = points
    places = padded.view(np.float32).reshape(rows, _MAP_WIDTH, 2)
    cubic = sample(image, places, method=cv2.INTER_CUBIC)
    sampled.view(np.uint32)[..., 0][which] = cubic.view(np.uint32).ravel()[: len(points)]


def blend(over: Bytes, under: Bytes, opacity: Floats) -> Bytes:
    """Lay one picture (h, w, channels) over another with opacity (h, w), 0 to 1."""
    return cast(Bytes, cv2.blendLinear(over, under, opacity, 1 - opacity))


def smoothstep(value: Floats, low: float, high: float) -> Floats:
    """Rise smoothly from 0 at `low` to 1 at `high`; fall if `high` is below `low`."""
    t = np.clip((value - np.float32(low)) / np.float32(high - low), np.float32(0), np.float32(1))
    rising: Floats = t * t * (3 - 2 * t)
    return rising

"""Grain: lifts a camera's noise off a face before the swap and lays it over the new one."""

from __future__ import annotations

import math

import cv2
import numpy as np

from dlc.arrays import Bytes, Floats, Image
from dlc.compositing.filters import blur, cut, resize, smoothstep
from dlc.geometry import Box

# Blur radii in pixels, not in face widths, as noise comes from the sensor, however large a face is.
# The first removes one band, the second another beyond it; coarser noise stays.
_RADII = (0.8, 2.0)
# Standard deviation of white noise in each band, as a share of its total.
_BANDS = (0.793, 0.278)
# For each band, in standard deviations of noise: values up to the first are grain; from the second
# on they are edges, of wrinkles or glasses for example, and stay. The coarser band holds less noise
# and more of the person.
_LIMITS = ((2.5, 4.0), (2.0, 3.0))
# Gray levels below which noise is invisible, and nothing is lifted.
_LEAST = 0.35
# Upper limit of the skin's own finest detail, given the second band: this share of it plus this
# many gray levels, but, if there is little of it, no more than this multiple. White noise has
# several times as much.
_SKIN = (0.55, 0.6)
_SMOOTH_SKIN = 1.2
# The middle of a face: share of its rectangle, and the largest side in pixels.
_MIDDLE = (0.75, 192)
# Side in pixels of the squares in which noise is measured, and the share of squares assumed to hold
# little else: others hold beard, lashes or nostrils.
_SQUARE = 16
_CALM = 0.3
# The second difference along rows and columns: nearly blind to all but noise (Immerkær 1996). It
# multiplies the standard deviation of white noise by six.
_SECOND = np.array([1, -2, 1], np.float32)
_SECOND_GAIN = 6.0
# Converts the mean magnitude of normally distributed values to their standard deviation.
_DEVIATION = math.sqrt(math.pi / 2)


def noise_level(bgra: Bytes) -> float:
    """Estimate the noise in a picture of a face, (h, w, 4) BGRA: standard deviation, gray levels.

    Only noise with roughly a white spectrum counts; pores, stubble and noise smoothed by an encoder
    do not.
    """
    # Green makes up most of the luma.
    green = np.asarray(_middle(bgra)[..., 1], np.float32)
    finest = cv2.sepFilter2D(green, cv2.CV_32F, _SECOND, _SECOND)
    fine, coarse = (blur(green, radius) for radius in _RADII)
    measured = _calm_deviation(np.asarray(finest, np.float32)) / _SECOND_GAIN
    detail = _calm_deviation(fine - coarse)
    skin = min(_SKIN[0] * detail + _SKIN[1], _SMOOTH_SKIN * detail)
    return math.sqrt(max(measured**2 - skin**2, 0.0))


def without_grain(bgra: Bytes, noise: float) -> Bytes | None:
    """Return a picture (h, w, 4) without its noise, whose standard deviation is `noise`.

    None if there is too little to see. Edges keep their sharpness.
    """
    if noise < _LEAST:
        return None
    fine, coarse = (blur(bgra, radius) for radius in _RADII)
    # The bands are bytes; 128 means zero.
    first, second = (
        cv2.LUT(cv2.addWeighted(above, 1, below, -1, 128), _grain(noise * share, limits))
        for above, below, share, limits in zip(
            (bgra, fine), (fine, coarse), _BANDS, _LIMITS, strict=True
        )
    )
    grain = cv2.addWeighted(first, 1, second, 1, -256, dtype=cv2.CV_16S)
    return np.asarray(cv2.subtract(bgra, grain, dtype=cv2.CV_8U), np.uint8)


def with_grain(bgr: Image, bgra: Bytes, calm: Bytes) -> Bytes:
    """Lay the grain of another picture over a picture (h, w, 3) BGR.

    Args:
        bgr: the picture to get grain.
        bgra: uint8 (h, w, 4), the one with grain.
        calm: uint8 (h, w, 4), the result of `without_grain` for it.
    """
    noisy, quiet = (cv2.cvtColor(image, cv2.COLOR_BGRA2BGR) for image in (bgra, calm))
    grain = cv2.subtract(noisy, quiet, dtype=cv2.CV_16S)
    return np.asarray(cv2.add(bgr, grain, dtype=cv2.CV_8U), np.uint8)


def _middle(bgra: Bytes) -> Bytes:
    rows, columns = bgra.shape[:2]
    share, most = _MIDDLE
    height, width = (max(min(round(share * side), most), 1) for side in (rows, columns))
    top, left = (rows - height) // 2, (columns - width) // 2
    return cut(bgra, Box(left, top, left + width, top + height))


def _calm_deviation(band: Floats) -> float:
    """Return the standard deviation of a band in its calmest squares."""
    rows, columns = (max(side // _SQUARE, 1) for side in band.shape)
    deviation: float = np.quantile(resize(np.abs(band), (columns, rows)), _CALM).item()
    return deviation * _DEVIATION


def _grain(deviation: float, limits: tuple[float, float]) -> Bytes:
    """Return how much of each band value is grain: a table of 256, with 128 as zero."""
    value = np.arange(-128, 128, dtype=np.float32)
    fading, gone = (limit * deviation for limit in limits)
    grain = value * smoothstep(np.abs(value), gone, fading)
    table: Bytes = (np.rint(grain) + 128).astype(np.uint8)
    return table

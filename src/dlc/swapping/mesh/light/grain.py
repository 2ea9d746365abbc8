"""Grain: a camera's noise is lifted off a face before the swap and laid over the new one."""

from __future__ import annotations

import math

import cv2
import numpy as np

from dlc.compositing.arrays import Bytes, Floats
from dlc.compositing.filters import blur, cut, resize, smoothstep
from dlc.geometry import Box

# Blur radii in pixels, not in face widths: noise is the sensor's, however large a face is. What the
# first takes away is one band, what the second takes away beyond that another; coarser noise stays.
_RADII = (0.8, 2.0)
# Standard deviations of white noise in these two bands, as shares of its own.
_BANDS = (0.793, 0.278)
# For each band: up to so many standard deviations of noise what is in it is grain; from so many on
# it is an edge, such as a wrinkle's or that of glasses, and stays. The coarser band holds less of
# noise and more of the person.
_LIMITS = ((2.5, 4.0), (2.0, 3.0))
# Gray levels of noise below which nobody sees any: nothing is lifted.
_LEAST = 0.35
# How much finest detail skin itself has at most, given that in the second band: this share and so
# many gray levels more, and where there is little of it no more than this multiple. White noise has
# several times as much.
_SKIN = (0.55, 0.6)
_SMOOTH_SKIN = 1.2
# The middle of a face: as a share of its rectangle, and at most so many pixels a side.
_MIDDLE = (0.75, 192)
# Side in pixels of a square in which noise is measured, and the share of squares that are taken to
# hold little else: others hold beard, lashes or nostrils.
_SQUARE = 16
_CALM = 0.3
# The second difference along rows and columns: nearly blind to all but noise (Immerkær 1996). It
# makes six times its standard deviation of white noise.
_SECOND = np.array([1, -2, 1], np.float32)
_SECOND_GAIN = 6.0
# From the mean magnitude of normally distributed values to their standard deviation.
_DEVIATION = math.sqrt(math.pi / 2)


def noise_level(bgra: Bytes) -> float:
    """Estimate the noise in a picture of a face, (h, w, 4) BGRA: standard deviation, gray levels.

    Only what has about the spectrum of white noise counts, so neither pores nor stubble do, nor
    does noise that was smoothed by an encoder.
    """
    # Green makes up most of luma, and luma is in green.
    green = np.asarray(_middle(bgra)[..., 1], np.float32)
    finest = cv2.sepFilter2D(green, cv2.CV_32F, _SECOND, _SECOND)
    fine, coarse = (blur(green, radius) for radius in _RADII)
    measured = _calm_deviation(np.asarray(finest, np.float32)) / _SECOND_GAIN
    detail = _calm_deviation(fine - coarse)
    skin = min(_SKIN[0] * detail + _SKIN[1], _SMOOTH_SKIN * detail)
    return math.sqrt(max(measured**2 - skin**2, 0.0))


def without_grain(bgra: Bytes, noise: float) -> Bytes | None:
    """Return a picture (h, w, 4) without its noise, of which `noise` is the standard deviation.

    None if there is too little to be seen. Edges stay as sharp as they were.
    """
    if noise < _LEAST:
        return None
    fine, coarse = (blur(bgra, radius) for radius in _RADII)
    # The bands are bytes, 128 where there is nothing.
    first, second = (
        cv2.LUT(cv2.addWeighted(above, 1, below, -1, 128), _grain(noise * share, limits))
        for above, below, share, limits in zip(
            (bgra, fine), (fine, coarse), _BANDS, _LIMITS, strict=True
        )
    )
    grain = cv2.addWeighted(first, 1, second, 1, -256, dtype=cv2.CV_16S)
    return np.asarray(cv2.subtract(bgra, grain, dtype=cv2.CV_8U), np.uint8)


def with_grain(bgr: Bytes, bgra: Bytes, calm: Bytes) -> Bytes:
    """Lay over a picture (h, w, 3) BGR the grain by which another one differs from its calm self.

    Args:
        bgr: the picture to get grain.
        bgra: uint8 (h, w, 4), that with grain.
        calm: uint8 (h, w, 4), what `without_grain` made of it.
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
    """Return the standard deviation in those squares of a band in which little is going on."""
    rows, columns = (max(side // _SQUARE, 1) for side in band.shape)
    deviation: float = np.quantile(resize(np.abs(band), (columns, rows)), _CALM).item()
    return deviation * _DEVIATION


def _grain(deviation: float, limits: tuple[float, float]) -> Bytes:
    """Return what of each value of a band is grain: a table of 256, in which 128 stands for 0."""
    value = np.arange(-128, 128, dtype=np.float32)
    fading, gone = (limit * deviation for limit in limits)
    grain = value * smoothstep(np.abs(value), gone, fading)
    table: Bytes = (np.rint(grain) + 128).astype(np.uint8)
    return table

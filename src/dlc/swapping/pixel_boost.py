"""More pixels from a small model: splits a large crop into small ones of every k-th pixel.

Every small crop shows the whole face, a fraction of a pixel apart from the others, so the model
sees nothing unusual; interleaved again, the results have the large crop's resolution.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dlc.arrays import Bytes, Image


def interleaved_parts(crop: Image, factor: int) -> list[Bytes]:
    """Return the `factor` * `factor` small crops of a crop (h, w, 3), row by row."""
    steps = range(factor)
    return [np.ascontiguousarray(crop[y::factor, x::factor]) for y in steps for x in steps]


def interleaved(parts: Sequence[Bytes], factor: int) -> Bytes:
    """Recombine the parts from `interleaved_parts`, all of the same size."""
    height, width = parts[0].shape[:2]
    crop = np.empty((height * factor, width * factor, 3), np.uint8)
    for number, part in enumerate(parts):
        crop[number // factor :: factor, number % factor :: factor] = part
    return crop

"""Conversions, in numpy, between 8-bit pixels and the planes that face models use."""

from __future__ import annotations

import numpy as np

from dlc.arrays import Floats, Image


def from_pixels(bgr: Image) -> Floats:
    """Return pictures (n, h, w, 3) of BGR pixels as planes of RGB (n, 3, h, w) from 0 to 1."""
    scale = np.float32(1 / 255)
    return np.ascontiguousarray(bgr[..., ::-1].transpose(0, 3, 1, 2) * scale)


def to_pixels(planes: Floats, scale: float) -> Image:
    """Return planes of RGB (n, 3, h, w) as BGR pixels, scaled by `scale` and rounded down."""
    rgb = np.clip(scale * planes.astype(np.float32), 0, 255).astype(np.uint8)
    return np.ascontiguousarray(rgb.transpose(0, 2, 3, 1)[..., ::-1])

"""One swap that shows whether a swapper in half precision is as good as in single precision."""

from __future__ import annotations

import cv2
import numpy as np

from dlc.compositing.arrays import Bytes, Floats
from dlc.errors import ModelError
from dlc.swapping.inswapper_model import InswapperModel

_EMBEDDING = 512
# In decibels, of 8-bit pixels: below about 35 a difference can be seen. The stand-ins reach 50.
_LEAST_PSNR = 35.0


def why_not_half(half: InswapperModel, single: InswapperModel) -> str | None:
    """Swap one crop with both and return what is wrong with half precision; None if nothing is.

    GPUs without tensor cores give NaN in half precision, and a converted file overflows where
    values are too large for it.

    Args:
        half: the swapper to judge.
        single: the same swapper in single precision, perhaps run by something else.

    Raises:
        ModelError: the swapper fails in single precision too.
        ProviderError: what runs one of them failed.
    """
    crop, identity = _smooth_noise(half.side), _identity()
    (expected,) = single.swap_crops([crop], identity)
    try:
        (swapped,) = half.swap_crops([crop], identity)
    except ModelError:
        return "what comes out is NaN or infinite"
    psnr = _psnr(swapped, expected)
    return None if psnr >= _LEAST_PSNR else f"what comes out differs (PSNR {psnr:.0f} dB)"


def _psnr(image: Bytes, reference: Bytes) -> float:
    """Return the peak signal-to-noise ratio of 8-bit images in decibels, infinite if equal."""
    mean_square = np.mean((image.astype(np.float64) - reference) ** 2)
    return float("inf") if mean_square == 0 else float(10 * np.log10(255**2 / mean_square))


def _smooth_noise(side: int) -> Bytes:
    """Return a picture with large and small structures, always the same."""
    generator = np.random.default_rng(0)
    coarse = generator.integers(0, 256, (8, 8, 3)).astype(np.float32)
    picture = cv2.resize(coarse, (side, side), interpolation=cv2.INTER_CUBIC)
    fine = generator.normal(0, 8, picture.shape)
    pixels: Bytes = np.clip(picture + fine, 0, 255).astype(np.uint8)
    return pixels


def _identity() -> Floats:
    vector = np.random.default_rng(1).standard_normal(_EMBEDDING).astype(np.float32)
    unit: Floats = vector / np.linalg.norm(vector)
    return unit

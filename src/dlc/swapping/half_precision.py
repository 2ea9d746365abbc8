"""Checks by trial swaps whether a swapper's half precision is as good as single precision."""

from __future__ import annotations

import cv2
import numpy as np

from dlc.arrays import Floats, Image
from dlc.errors import ModelError
from dlc.inference.noise import unit_vectors
from dlc.swapping.inswapper_model import InswapperModel

_EMBEDDING = 512
# Each swap also runs on the CPU, where it takes a second; what overflows depends on both.
_CROPS, _IDENTITIES = 2, 2
# In decibels, for 8-bit pixels: differences are visible below about 35. The stand-ins reach 50.
_LEAST_PSNR = 35.0


def why_not_half(half: InswapperModel, single: InswapperModel) -> str | None:
    """Swap some crops with both; return what is wrong with half precision, or None.

    GPUs without tensor cores give NaN in half precision, and a converted file overflows if values
    are too large for it.

    Args:
        half: the swapper to judge.
        single: the same swapper in single precision, possibly on another provider.

    Raises:
        ModelError: the swapper fails in single precision too.
        ProviderError: a provider failed to run one of them.
    """
    crops = [_smooth_noise(half.side, seed) for seed in range(_CROPS)]
    for identity in map(_identity, range(_IDENTITIES)):
        expected = single.swap_crops(crops, identity)
        try:
            swapped = half.swap_crops(crops, identity)
        except ModelError:
            return "what comes out is NaN or infinite"
        psnr = min(map(cv2.PSNR, swapped, expected))
        if psnr < _LEAST_PSNR:
            return f"what comes out differs (PSNR {psnr:.0f} dB)"
    return None


def _smooth_noise(side: int, seed: int) -> Image:
    """Return a picture with large and small structures, fixed by the seed."""
    generator = np.random.default_rng(seed)
    coarse = generator.integers(0, 256, (8, 8, 3)).astype(np.float32)
    picture = cv2.resize(coarse, (side, side), interpolation=cv2.INTER_CUBIC)
    fine = generator.normal(0, 8, picture.shape)
    pixels: Image = np.clip(picture + fine, 0, 255).astype(np.uint8)
    return pixels


def _identity(seed: int) -> Floats:
    vector: Floats = unit_vectors(np.random.default_rng(seed), (1, _EMBEDDING))[0]
    return vector

"""Light and tone: the target's broad light and color under the source's detail."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from dlc.compositing.filters import broad_blur
from dlc.swapping.mesh.atlas import Layout
from dlc.swapping.mesh.masks import skin_mask

TONE_SIZE = 128
# Weights of B, G and R in luma (ITU-R BT.601).
LUMA = np.array([0.114, 0.587, 0.299], np.float32)
Image = NDArray[np.float32]

# Blur radii in face widths: light changes slowly over a face, tint (beard, cheeks) a little faster.
_LUMA_SIGMA = 0.22
_TINT_SIGMA = 0.11
# How far the source's contrast follows the target's, as a power of their ratio; more would wash the
# source's features out in soft light.
_CONTRAST_POWER = 0.2
# Share of a new frame's measurement in the running one.
_RATE = 0.2


@dataclass(frozen=True, slots=True, eq=False)
class Tone:
    """Light and contrast of a face.

    Attributes:
        light: float32 (TONE_SIZE, TONE_SIZE, 3), the skin's smooth BGR in the atlas.
        contrast: standard deviation of the skin's detail relative to its light.
    """

    light: Image
    contrast: float


class ToneMeter:
    """Measures light over the skin, in the atlas."""

    def __init__(self, layout: Layout) -> None:
        """Prepare the masks for one atlas layout."""
        unit = TONE_SIZE * layout.face_width
        self._skin = skin_mask(layout, TONE_SIZE)
        self._luma_sigma, self._tint_sigma = _LUMA_SIGMA * unit, _TINT_SIGMA * unit

    def measure(self, texture: Image, seen: Image) -> Tone:
        """Measure a face.

        Args:
            texture: float32 (TONE_SIZE, TONE_SIZE, 3) BGR, 0 to 255.
            seen: float32 (TONE_SIZE, TONE_SIZE), how far each pixel is to be trusted: where the
                face turns away, the atlas holds hair and background.
        """
        skin = self._skin * seen
        luma = texture @ LUMA
        smooth = broad_blur(luma * skin, self._luma_sigma)
        smooth /= np.maximum(broad_blur(skin, self._luma_sigma), 1e-3)
        tint = broad_blur(texture * (skin / np.maximum(luma, 8.0))[..., None], self._tint_sigma)
        tint /= np.maximum(broad_blur(skin, self._tint_sigma), 1e-3)[..., None]
        detail = (luma - smooth) / np.maximum(smooth, 8.0)
        variance = float((detail**2 * skin).sum() / max(float(skin.sum()), 1.0))
        return Tone(smooth[..., None] * tint, variance**0.5)


class ToneMatch:
    """One track's running ratio of the target's tone to the source's."""

    def __init__(self, source: Tone) -> None:
        """Start a track against the source's tone."""
        self._source = source
        self._floor = np.maximum(source.light, 4.0)
        self._gain: Image | None = None
        self._contrast = 1.0

    def update(self, target: Tone) -> tuple[Image, float]:
        """Take a frame's tone; return the gain (TONE_SIZE, TONE_SIZE, 3) and the contrast factor."""
        gain = np.clip(target.light / self._floor, 0.2, 5.0)
        ratio = target.contrast / max(self._source.contrast, 1e-3)
        contrast = min(max(ratio**_CONTRAST_POWER, 0.6), 1.6)
        if self._gain is None:
            self._gain, self._contrast = gain, contrast
        self._gain = cv2.addWeighted(gain, _RATE, self._gain, 1 - _RATE, 0.0)
        self._contrast += _RATE * (contrast - self._contrast)
        return self._gain, self._contrast

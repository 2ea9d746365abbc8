"""The source's texture at several sizes, ready to be painted in a target's light."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from dlc.compositing.filters import blur, resize, smoothstep
from dlc.swapping.mesh.atlas import Layout
from dlc.swapping.mesh.detail import fine_detail
from dlc.swapping.mesh.masks import feathered_face
from dlc.swapping.mesh.source import ATLAS_SIZE, SourceModel
from dlc.swapping.mesh.tone import LUMA, TONE_SIZE, Tone, ToneMeter

Image = NDArray[np.float32]
_SIZES = (128, 192, 256, 384, ATLAS_SIZE)
# Width of the soft edge along the face oval, in face widths; the whole edge lies inside it.
_FEATHER = 0.022


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """The texture at one size S.

    Attributes:
        pixels: float32 (S, S, 3), BGR 0 to 255.
        light: float32 (S, S, 3), its smooth light.
        detail: float32 (S, S, 3), pixels - light.
        fine: float32 (S, S), the finest band of its luma.
        opacity: float32 (S, S), 0 to 1.
    """

    pixels: Image
    light: Image
    detail: Image
    fine: Image
    opacity: Image


class SourceTexture:
    """The source's texture, from a small to the full atlas."""

    def __init__(self, source: SourceModel, layout: Layout, meter: ToneMeter) -> None:
        """Measure the source's tone and take its texture apart."""
        self._layout = layout
        self.tone: Tone = meter.measure(
            resize(source.texture, (TONE_SIZE, TONE_SIZE)),
            np.ones((TONE_SIZE, TONE_SIZE), np.float32),
        )
        self._levels = {size: self._level(source, size) for size in _SIZES}

    def size_for(self, face_width: float) -> int:
        """Return the smallest size that is about as fine as a face of that many pixels."""
        needed = 0.9 * face_width / self._layout.face_width
        return next((size for size in _SIZES if size >= needed), _SIZES[-1])

    def level(self, size: int) -> Level:
        """Return the texture at one of the sizes."""
        return self._levels[size]

    def paint(
        self, size: int, gain: Image, contrast: float, sharpness: float, kept: Image
    ) -> NDArray[np.uint8]:
        """Paint the texture in a target's light.

        Args:
            size: one that `size_for` returned.
            gain: float32 (TONE_SIZE, TONE_SIZE, 3), factor for light and detail.
            contrast: factor for the detail.
            sharpness: factor for the finest detail.
            kept: float32, square, share of the target that stays in front of the texture.

        Returns:
            uint8 (size, size, 4): BGR and opacity.
        """
        level = self._levels[size]
        painted = cv2.scaleAdd(level.detail, contrast, level.light)
        painted += (level.fine * np.float32(contrast * (sharpness - 1)))[..., None]
        cv2.multiply(painted, resize(gain, (size, size)), dst=painted)
        opacity = level.opacity * (255 - 255 * resize(kept, (size, size)))
        planes = [*cv2.split(painted), opacity]
        return cv2.merge([cv2.convertScaleAbs(np.maximum(plane, 0)) for plane in planes])

    def _level(self, source: SourceModel, size: int) -> Level:
        pixels = resize(source.texture, (size, size))
        light = resize(self.tone.light, (size, size))
        trust = smoothstep(resize(blur(source.trust, 6), (size, size)), 0.15, 0.65)
        opacity = feathered_face(self._layout, size, _FEATHER) * trust
        return Level(
            pixels, light, pixels - light, fine_detail(pixels @ LUMA, self._layout), opacity
        )

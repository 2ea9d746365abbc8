"""The source's texture at several sizes, ready for painting in a target's light."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from dlc.arrays import Bytes, Floats
from dlc.compositing.filters import cut, resize, smoothstep
from dlc.geometry import Box
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.focus import soften
from dlc.swapping.mesh.light.lips import lips_mask
from dlc.swapping.mesh.light.sharpness import fine_detail
from dlc.swapping.mesh.light.shine import dulling, shine_of, shining_part
from dlc.swapping.mesh.light.tone import LUMA, TONE_SIZE, Tone, ToneMeter, depth_and_height
from dlc.swapping.mesh.source.close_up import SIZES as CLOSE_UP_SIZES
from dlc.swapping.mesh.source.close_up import CloseUp
from dlc.swapping.mesh.source.opacity import TextureOpacity
from dlc.swapping.mesh.source.photo import ATLAS_SIZE
from dlc.swapping.mesh.source.source import SourceModel

_SIZES = (128, 192, 256, 384, ATLAS_SIZE)
# Factor from which nothing changes visibly.
_UNCHANGED = 0.99


@dataclass(frozen=True, slots=True, eq=False)
class _Level:
    """The texture at one size S.

    Attributes:
        light: float32 (S, S, 3), its smooth light, BGR.
        detail: float32 (S, S, 3), the rest.
        relief: float32 (S, S, 3), the detail's depth and height, from `depth_and_height`, and
            nothing: OpenCV takes ten times as long for two channels.
        folds: float32 (h, w, 3), what smooths out folds in `folded`, BGR.
        unfolded: float32 (h, w, 3), how that changes `relief`.
        folded: where they are.
        shine: float32 (S, S, 3), the part of the pixels that is shine.
        fine: float32 (S, S, 3), the finest band of its luma without folds, the same in all
            channels.
        lips: float32 (h, w, 3), 1 on the lips, in `mouth`.
        mouth: where they are.
        opacity: uint8 (S, S), 0 to 255.
    """

    light: Floats
    detail: Floats
    relief: Floats
    folds: Floats
    unfolded: Floats
    folded: Box
    shine: Floats
    fine: Floats
    lips: Floats
    mouth: Box
    opacity: Bytes


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What a target's light and camera make of the source's skin.

    Attributes:
        gain: float32 (TONE_SIZE, TONE_SIZE, 3), factor for light and detail.
        contrast: factor for the detail.
        folds: share of the source's folds from nose to mouth that stay.
        color: float32 (3, 5), matrix for the detail's BGR, depth and height.
        lips: float32 (3,), factor for the lips' BGR.
        sharpness: further factor for the finest detail.
        softness: float32 (2,), radius of a blur over all of it, along rows and columns, in face
            widths.
        close_up: factor for the detail beyond the atlas's resolution.
    """

    gain: Floats
    contrast: float
    folds: float
    color: Floats
    lips: Floats
    sharpness: float
    softness: Floats
    close_up: float


class SourceTexture:
    """The source's texture, from small sizes to the full atlas."""

    def __init__(self, source: SourceModel, layout: Layout, meter: ToneMeter) -> None:
        """Measure the source's tone."""
        self._layout, self._source = layout, source
        tone_size = (TONE_SIZE, TONE_SIZE)
        broad = resize(source.texture, tone_size)
        sure = smoothstep(resize(source.trust, tone_size), 0.3, 0.8)
        sure *= 1 - resize(source.beard, tone_size)
        self.tone: Tone = meter.measure(broad, sure)
        self._shine = shine_of(broad, self.tone.light)
        self.opacity = TextureOpacity(source, self.tone, layout)
        self._levels: dict[int, _Level] = {}
        self.close_up: CloseUp | None = None
        if source.close_up is not None:
            self.close_up = CloseUp(source.close_up, source.texture, layout)
        self._sizes = _SIZES if self.close_up is None else _SIZES + CLOSE_UP_SIZES

    def size_for(self, face_width: float) -> int:
        """Return the smallest size that is about as fine as a face of this many pixels."""
        needed = 0.9 * face_width / self._layout.face_width
        return next((size for size in self._sizes if size >= needed), self._sizes[-1])

    def paint(self, size: int, look: Look, kept: Floats | None = None) -> Bytes:
        """Paint the texture in a target's light.

        Args:
            size: one that `size_for` returned.
            look: the target's light and camera.
            kept: float32, square, share of the target kept in front of the texture, if any.

        Returns:
            uint8 (size, size, 4): BGR and opacity.
        """
        if self.close_up is not None and size > ATLAS_SIZE:
            gain = (look.gain @ LUMA) * np.float32(look.contrast * look.close_up)
            broad = self.paint(ATLAS_SIZE, look, kept)
            return self.close_up.lay(broad, size, gain, look.softness)
        level = self._level(size)
        painted = _in_color(level, look.color * look.contrast, look.folds)
        dulled = dulling(self._shine * look.contrast, self.tone.light, look.gain)
        if dulled.any():
            dulled = resize(dulled * look.contrast, (size, size))
            lost = cv2.multiply(level.shine, cv2.cvtColor(dulled, cv2.COLOR_GRAY2BGR))
            painted = np.asarray(cv2.subtract(painted, lost), np.float32)
        if look.lips.min() < _UNCHANGED:
            lips = cut(painted, level.mouth)
            lips -= lips * (level.lips * (1 - look.lips))
        finer = cv2.scaleAdd(level.fine, look.contrast * (look.sharpness - 1), painted)
        lit = cv2.multiply(finer, resize(look.gain, (size, size)), dtype=cv2.CV_8U)
        bgr = np.asarray(lit, np.uint8)
        radius = look.softness * np.float32(size * self._layout.face_width)
        bgr = soften(bgr, radius)
        opacity = level.opacity
        if kept is not None:
            covered = 1 - resize(kept, (size, size))
            opacity = np.asarray(cv2.multiply(opacity, covered, dtype=cv2.CV_8U), np.uint8)
        return np.asarray(cv2.merge([bgr, opacity]), np.uint8)

    def _level(self, size: int) -> _Level:
        """Return the texture at one size; most targets need one or two of them."""
        known = self._levels.get(size)
        if known is None:
            known = self._levels[size] = self._split(size)
        return known

    def _split(self, size: int) -> _Level:
        """Split up the texture at one size."""
        source = self._source
        pixels, light, folds = (
            resize(image, (size, size)) for image in (source.texture, self.tone.light, source.folds)
        )
        smooth: Floats = pixels + folds
        fine = fine_detail(smooth @ LUMA, self._layout)
        folded = _where(folds)
        relief, remaining = (_relief(each - light, light) for each in (pixels, smooth))
        lips = np.repeat(lips_mask(self._layout, size)[..., None], 3, axis=2)
        mouth = _where(lips)
        return _Level(
            light=light,
            detail=pixels - light,
            relief=relief,
            folds=cut(folds, folded).copy(),
            unfolded=cut(remaining - relief, folded).copy(),
            folded=folded,
            shine=shining_part(pixels, light),
            fine=np.repeat(fine[..., None], 3, axis=2),
            lips=cut(lips, mouth).copy(),
            mouth=mouth,
            opacity=np.rint(self.opacity.at(size) * 255).astype(np.uint8),
        )


def _in_color(level: _Level, color: Floats, folds: float) -> Floats:
    """Return the light with the detail in a target's color: float32 (S, S, 3).

    Args:
        level: the source's.
        color: float32 (3, 5), as in `Look`, times the contrast.
        folds: share of the folds that stay.
    """
    plain, raised = color[:, :3], np.column_stack([color[:, 3:], np.zeros(3, np.float32)])
    painted = cv2.add(cv2.transform(level.detail, plain), level.light)
    painted = cv2.add(painted, cv2.transform(level.relief, raised))
    if folds < 1 and not level.folded.is_empty:
        smoothed = cut(painted, level.folded)
        for change, matrix in ((level.folds, plain), (level.unfolded, raised)):
            cv2.add(smoothed, cv2.transform(change, matrix * (1 - folds)), smoothed)
    return np.asarray(painted, np.float32)


def _relief(detail: Floats, light: Floats) -> Floats:
    """Return detail's depth and height in three channels; see `_Level`."""
    return np.pad(depth_and_height(detail, light), ((0, 0), (0, 0), (0, 1)))


def _where(image: Floats) -> Box:
    """Return the smallest rectangle around all that is not 0 in an image (h, w, 3)."""
    left, top, width, height = cv2.boundingRect(np.asarray(image.any(axis=2), np.uint8))
    return Box(left, top, left + width, top + height)

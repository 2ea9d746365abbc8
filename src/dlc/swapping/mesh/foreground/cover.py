"""Keeps things in front that come before a face during a video: microphones, cups, gloves.

The expected look is that of the face so far, in the atlas, where it stays still while the head
moves. A pixel belongs to something else if it is neither within the range of the expected values
nearby nor of the color of this face's skin. Whatever was there from the first frame, such as a
beard or glasses, is expected. A bare hand passes as skin; `hands` keeps that one.
"""

from __future__ import annotations

import cv2
import numpy as np

from dlc.arrays import Flags, Floats
from dlc.compositing.filters import blur, ellipse, smoothstep
from dlc.swapping.mesh.foreground.parts import label_parts
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.tone import LUMA, TONE_SIZE
from dlc.swapping.mesh.masks import depth_inside, skin_mask

# Noise and pores are finer than this, in pixels of the atlas.
_SIGMA = 1.5
# Depth, in face widths, at which the face's middle begins, which gives the skin color; and the
# number of its pixels that must be visible.
_MIDDLE = 0.1
_LEAST_SEEN = 200
# Luma, 0 to 255, that the skin's median is scaled to, so that dimmed light is not a difference; and
# the luma below which a face is too dark to compare, as at the beginning of a fade.
_USUAL, _LEAST = 120.0, 24.0
# How far away expected values are searched, in pixels: landmarks err, and expressions move.
_NEARBY = 7
# Weights of L*, a* and b* beyond the expected range, and the ramp over which that becomes a
# difference.
_WEIGHTS = np.array([1 / 1.5, 1 / 0.7, 1 / 0.7], np.float32)
_DIFFERENT = (6.0, 14.0)
# Smallest deviations of the skin's L*, a* and b*, and how many of them away skin ends.
_SPREAD = np.array([8.0, 3.0, 3.0], np.float32)
_NO_SKIN = (1.5, 3.0)
# Highlights are pale as well, so color counts less for what is brighter than skin.
_HIGHLIGHT = 0.5
# Widths in pixels below which something is a speck, or a gap within an object; and the pixels of
# skin that an object in front of a face must cover.
_SPECK, _GAP = 3, 9
_LEAST_AREA = 48
# Weights of a new frame in the expected look, for skin and for what seems to be something else, and
# in what is shown.
_LEARNED, _LEARNED_COVERED = 0.05, 0.005
_SHOWN = 0.6


class CoverMemory:
    """The usual look of one face, and what was in front of it in the last frames.

    Attributes:
        usual: float32 (TONE_SIZE, TONE_SIZE, 3), L*a*b* in normalized light; None before the first
            frame.
        matte: float32 (TONE_SIZE, TONE_SIZE), 0 to 1.
    """

    def __init__(self) -> None:
        """Start without any memory."""
        self.usual: Floats | None = None
        self.matte: Floats = np.zeros((TONE_SIZE, TONE_SIZE), np.float32)
        self._frames = 0

    def learn(self, lab: Floats, covered: Floats, seen: Floats) -> None:
        """Blend in a frame's look: slowly, and very slowly where something is in front."""
        self._frames += 1
        if self.usual is None:
            self.usual = lab
            return
        rate = np.where(covered > 0, np.float32(_LEARNED_COVERED / _LEARNED), np.float32(1)) * seen
        # A plain mean at first; later, old values fade.
        rate *= max(1 / self._frames, _LEARNED)
        self.usual = self.usual + (lab - self.usual) * rate[..., None]

    def show(self, covered: Floats) -> Floats:
        """Blend in what is in front of the face now; return the average over the last frames."""
        self.matte = self.matte + (covered - self.matte) * np.float32(_SHOWN)
        return self.matte


class CoverFinder:
    """Finds what has come in front of a face."""

    def __init__(self, layout: Layout) -> None:
        """Prepare the zones of the atlas to search."""
        depth = depth_inside(layout, TONE_SIZE)
        self._face = depth > 0
        self._skin = skin_mask(layout, TONE_SIZE) > 0.5
        self._middle = self._skin & (depth > _MIDDLE)

    def find(self, texture: Floats, seen: Floats, memory: CoverMemory) -> Floats:
        """Return how certainly each pixel is covered: float32 (TONE_SIZE, TONE_SIZE), 0 to 1.

        Args:
            texture: float32 (TONE_SIZE, TONE_SIZE, 3) BGR, 0 to 255, the target in the atlas.
            seen: float32 (TONE_SIZE, TONE_SIZE), how much to trust each pixel.
            memory: what is known about this face; it is updated.
        """
        middle = self._middle & (seen > 0.5)
        if np.count_nonzero(middle) < _LEAST_SEEN:
            return memory.matte
        luma = float(np.median((texture @ LUMA)[middle]))
        if luma < _LEAST:
            return memory.matte
        lab = _lab(texture * np.float32(_USUAL / luma))
        if memory.usual is None:
            memory.learn(lab, memory.matte, seen)
            return memory.matte
        strange = _difference(lab, memory.usual) * _no_skin(lab, middle) * seen
        covered = self._things(strange)
        memory.learn(lab, covered, seen)
        return memory.show(covered)

    def _things(self, strange: Floats) -> Floats:
        """Keep what is large enough for an object, and close its small gaps."""
        strange = np.asarray(cv2.morphologyEx(strange, cv2.MORPH_OPEN, ellipse(_SPECK)), np.float32)
        labels = label_parts((strange > 0.3) & self._face)
        # Lips, lids and brows change by themselves; a real object also covers skin.
        certain = labels[(strange > 0.5) & self._skin]
        is_thing = np.bincount(certain, minlength=int(labels.max()) + 1) >= _LEAST_AREA
        is_thing[0] = False  # the ground between the parts
        if not is_thing.any():
            return np.zeros_like(strange)
        kept = strange * is_thing[labels]
        closed = cv2.morphologyEx(kept, cv2.MORPH_CLOSE, ellipse(_GAP))
        return np.asarray(closed, np.float32)


def _lab(texture: Floats) -> Floats:
    """Return a face in L*a*b*, without its noise."""
    lab = cv2.cvtColor(texture / np.float32(255), cv2.COLOR_BGR2LAB)
    return blur(np.asarray(lab, np.float32), _SIGMA)


def _difference(lab: Floats, usual: Floats) -> Floats:
    """Return how certainly each pixel is outside the usual range nearby, 0 to 1."""
    kernel = ellipse(_NEARBY)
    low, high = cv2.erode(usual, kernel), cv2.dilate(usual, kernel)
    beyond = np.maximum(low - lab, lab - high)
    # NumPy handles channels that lie side by side several times as slowly as planes.
    most = np.maximum.reduce(
        [plane * weight for plane, weight in zip(cv2.split(beyond), _WEIGHTS, strict=True)]
    )
    return smoothstep(most, *_DIFFERENT)


def _no_skin(lab: Floats, middle: Flags) -> Floats:
    """Return how certainly each pixel is not this face's skin in this frame, 0 to 1."""
    skin = lab[middle]
    usual = np.median(skin, axis=0)
    # 1.48 times the median deviation is the standard deviation of a normal distribution.
    spread = np.maximum(1.48 * np.median(np.abs(skin - usual), axis=0), _SPREAD)
    lightness, *tints = (
        (plane - middle) / width
        for plane, middle, width in zip(cv2.split(lab), usual, spread, strict=True)
    )
    tint = np.asarray(cv2.magnitude(*tints), np.float32)
    tint = np.where(lightness > 0.5, tint * np.float32(_HIGHLIGHT), tint)
    return smoothstep(np.maximum(tint, -lightness), *_NO_SKIN)

"""Keeps fringes that are about as dark as skin, and of its color, by their strands.

Strands hang down a forehead side by side, whereas wrinkles run across it, and pores, freckles and
noise run nowhere. Skin elsewhere on the face tells how fine and how sharp the picture is.
"""

from __future__ import annotations

import math

import cv2
import numpy as np

from dlc.arrays import Flags, Floats, Gray
from dlc.compositing.filters import blur, ellipse, smoothstep
from dlc.swapping.mesh.foreground.parts import label_parts
from dlc.swapping.mesh.foreground.slopes import REACH, Slopes
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.tone import TONE_SIZE
from dlc.swapping.mesh.masks import (
    away_from_midline,
    depth_inside,
    height_above_brows,
    skin_mask,
    top_of_brows,
    uncertain_margin,
)
from dlc.swapping.running_mean import RunningMean

# Relative change of luma from pixel to pixel that the smoothest skin may have, too; and how many
# times that of the cheeks counts at most, since edges are steep.
_SMOOTH, _MOST = 0.004, 2.6
# Slopes, relative to those of the cheeks, of what shows that there is a fringe, and of what belongs
# to it then; and the share of the forehead which must show it. Measured on 2258 portraits.
_SURELY, _MAYBE = (1.0, 1.8), (0.45, 0.9)
_SHARE = (0.025, 0.05)
# Face widths inside the oval from where hair comes.
_OUTLINE = 0.05
# Where a fringe shows itself, in face widths: inside the oval, and up to so far from the midline:
# hairlines at the temples are upright. So are frowns, near the midline and the brows.
_FOREHEAD, _TEMPLES, _FROWN = 0.04, 0.2, 0.09
# Where cheeks are: face widths below the top of the brows, and inside the oval.
_CHEEKS, _INSIDE = (0.22, 0.53), 0.1
# Gaps between strands that are hair as well, in pixels of TONE_SIZE.
_GAP = 13
# What is at least so certain hangs together.
_SOME = 0.3
# Trust in a pixel from which it counts, and the number of those that tell something.
_TRUST, _LEAST = 0.5, 40
# Frames from one look to the next, and how much each counts.
_INTERVAL, _RATE = 6, 0.25


class FringeMemory:
    """The strands on one face's forehead, mean over time.

    Attributes:
        strength: float32 (rows searched, TONE_SIZE), slopes of strands relative to the cheeks';
            None before the first look.
        known: float32 (rows searched, TONE_SIZE), how far each pixel has been seen so far, 0 to 1;
            None before the first look.
        share: that of the forehead which shows a fringe.
        matte: float32 (TONE_SIZE, TONE_SIZE), 0 to 1, the fringe.
        frames: number of frames so far.
    """

    def __init__(self) -> None:
        """Start without any memory."""
        self.strength: Floats | None = None
        self.known: Floats | None = None
        self.share = RunningMean[float](_RATE)
        self.matte: Floats = np.zeros((TONE_SIZE, TONE_SIZE), np.float32)
        self.frames = 0
        self._looks = 0

    def learn(self, strength: Floats, seen: Floats) -> tuple[Floats, Floats]:
        """Blend in what a look shows, as far as it is seen; return what is known now, and where."""
        self._looks += 1
        if self.strength is None or self.known is None:
            self.strength, self.known = strength * seen, seen
        else:
            rate = seen * np.float32(max(1 / self._looks, _RATE))
            self.strength = self.strength + (strength - self.strength) * rate
            self.known = np.maximum(self.known, seen)
        return self.strength, self.known


class FringeFinder:
    """Finds strands over the forehead, and the hair between them."""

    def __init__(self, layout: Layout) -> None:
        """Prepare the zones to search."""
        unit = TONE_SIZE * layout.face_width
        depth = depth_inside(layout, TONE_SIZE)
        brows = top_of_brows(layout, TONE_SIZE)
        top = int(np.flatnonzero((depth > 0).any(axis=1))[0])
        self._rows = rows = slice(max(top - REACH, 0), math.ceil(brows) + REACH)
        zone = uncertain_margin(layout, TONE_SIZE) * smoothstep(depth, 0.0, _OUTLINE / 2)
        self._zone = zone[rows]
        self._outline = ((depth > 0) & (depth < _OUTLINE))[rows]
        self._forehead = _forehead(layout)[rows]
        low, high = (round(brows + below * unit) for below in _CHEEKS)
        self._below = slice(low, high)
        cheeks = (skin_mask(layout, TONE_SIZE) > 0.5) & (depth > _INSIDE)
        self._cheeks = cheeks[self._below]
        self._gap = ellipse(_GAP)

    def update(self, luma: Gray, seen: Floats, hair: Floats, memory: FringeMemory) -> Floats:
        """Return how certainly each pixel is covered: float32 (TONE_SIZE, TONE_SIZE), 0 to 1.

        Args:
            luma: uint8 (2 * TONE_SIZE, 2 * TONE_SIZE), the target in the atlas.
            seen: float32 (TONE_SIZE, TONE_SIZE), how much to trust each pixel.
            hair: float32 (TONE_SIZE, TONE_SIZE), 0 to 1, what is hair by its color.
            memory: what is known about this face; it is updated.
        """
        if memory.frames % _INTERVAL == 0:
            self._look(luma, seen, hair, memory)
        memory.frames += 1
        return memory.matte

    def _look(self, luma: Gray, seen: Floats, hair: Floats, memory: FringeMemory) -> None:
        """Learn what one frame shows of strands, if it shows enough of the cheeks."""
        cheeks = self._cheeks & (seen[self._below] > _TRUST)
        if np.count_nonzero(cheeks) < _LEAST:
            return
        usual = float(np.median(Slopes(luma, self._below).total[cheeks])) ** 0.5
        usual = max(usual, _SMOOTH)
        strands = Slopes(luma, self._rows, _MOST * usual).strands() / np.float32(usual)
        strength, known = memory.learn(strands, seen[self._rows])
        hair = hair[self._rows]
        free = self._forehead & (hair < _SOME) & (known > _TRUST)
        if np.count_nonzero(free) >= _LEAST:
            surely = self._hanging(smoothstep(strength, *_SURELY) * self._zone, hair)
            memory.share.update(float(surely[free].mean()))
        certain = float(np.interp(memory.share.value or 0.0, _SHARE, (0, 1)))
        memory.matte = np.zeros((TONE_SIZE, TONE_SIZE), np.float32)
        if certain > 0:
            memory.matte[self._rows] = self._fringe(strength, hair) * np.float32(certain)

    def _fringe(self, strength: Floats, hair: Floats) -> Floats:
        """Return the strands, and what is between them, which is hair, too."""
        maybe = smoothstep(strength, *_MAYBE) * self._zone
        closed = np.asarray(cv2.morphologyEx(maybe, cv2.MORPH_CLOSE, self._gap), np.float32)
        fringe: Floats = blur(self._hanging(closed, hair), 1.0) * self._zone
        return fringe

    def _hanging(self, strands: Floats, hair: Floats) -> Floats:
        """Return the strands that hang together with the outline, also by other hair."""
        labels = label_parts(np.maximum(strands, hair) > _SOME)
        return strands * np.isin(labels, labels[self._outline & (labels > 0)])


def _forehead(layout: Layout) -> Flags:
    """Return where a fringe shows itself: bool (TONE_SIZE, TONE_SIZE)."""
    above, aside = height_above_brows(layout, TONE_SIZE), away_from_midline(layout, TONE_SIZE)
    frown = (aside < _FROWN) & (above < _FROWN)
    inside = depth_inside(layout, TONE_SIZE) > _FOREHEAD
    return np.asarray(inside & (above > 0) & (aside < _TEMPLES) & ~frown, np.bool_)

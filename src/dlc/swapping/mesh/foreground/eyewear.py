"""Keeps glasses in front, as a whole.

They are recognized by their bridge and lower rims: a face without glasses has no hard line across
the nose between the eyes, nor a single one around each eye below. Each part is the best path of
lines through its expected place, so it stays connected where it is faint.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dlc.arrays import Floats, Gray
from dlc.faces.landmarks.pose import Pose
from dlc.faces.landmarks.topology import LEFT_EYE_CORNERS
from dlc.swapping.mesh.foreground.black_rims import BlackRims
from dlc.swapping.mesh.foreground.line_grid import LineGrid, best_path, certainty, off_path, on_path
from dlc.swapping.mesh.foreground.rims import RimFinder, Rims
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.running_mean import RunningMean

# Distance between samples of a grid, in face widths.
_SPACING = 0.0046
# Rectangles to search for bridge and temples, in face widths from the midline and from the height
# of the eye corners: inner and outer edge, top and bottom.
_BRIDGE = (-0.06, 0.06, -0.07, 0.1)
_TEMPLE = (0.28, 0.42, -0.12, 0.08)
# Beyond this distance from the midline, in face widths, a bridge becomes a rim or an eye.
_NOSE = 0.04
# Line widths to search for, as the sigmas of blurs in samples.
_SIGMAS = (0.7, 1.4)
# Face widths in pixels, and the evidence from which glasses are worn on faces as wide: on small
# ones, wrinkles are as thin as rims. Below `_BARE`, glasses are gone.
_WIDTHS, _WORN, _BARE = (100.0, 150.0), (0.27, 0.2), 0.12
# If there is one image only: evidence that needs no temples; and what the bridge, the rims, the
# temples, and the lines next to these count, and the sum from which they are glasses. There are
# lines on wrinkled temples, too, but those of glasses without lower rims stand out.
_CERTAIN, _COUNTS, _WORN_ONCE = 0.35, (0.5, 0.8, 1.0, -0.3), 1.33
# Face width from which a face shows whether it wears glasses.
_LEAST_WIDTH = 60.0
# Cosine of the angle to the camera from which a face shows whether it wears glasses, and from which
# it shows where they are.
_FRONTAL, _TURNED = 0.9, 0.75
# Remaining opacity at which removed glasses are no longer shown.
_FADED = 0.01
# Frames from one look to the next.
_INTERVAL = 12


@dataclass(frozen=True, slots=True, eq=False)
class Eyewear:
    """What one atlas image shows about glasses.

    Attributes:
        evidence: 0 if there are certainly no glasses with rims, 1 if there certainly are.
        bridge: how much of the way across the nose a line leads, 0 to 1.
        around: how certainly there are lines around the eyes, see `RimFinder.evidence`.
        rims: the lines around the eyes; None if there is certainly no bridge.
    """

    evidence: float
    bridge: float
    around: float
    rims: Rims | None


class EyewearMemory:
    """Whether a face wears glasses, and where they are in the atlas.

    Attributes:
        evidence: mean over time of `Eyewear.evidence`.
        is_worn: the last conclusion from it.
        contrast: that of `Rims`, mean over time.
        matte: float32 (S, S), 0 to 1, where they are; None if there are none.
        shown: its mean over the last frames.
        frames: number of frames so far.
    """

    def __init__(self) -> None:
        """Start without any memory."""
        self.evidence = RunningMean[float](0.1)
        self.is_worn = False
        self.contrast = RunningMean[Floats](0.1)
        self.matte: Floats | None = None
        self.shown = RunningMean[Floats](0.15)
        self.frames = 0


class EyewearFinder:
    """Finds glasses in atlas images of one size."""

    def __init__(self, layout: Layout, size: int) -> None:
        """Prepare the places to search in atlas images (size, size)."""
        self._bridge = _rectangle(layout, size, _BRIDGE)
        left, right, top, bottom = _TEMPLE
        self._temples = [
            _rectangle(layout, size, box) for box in (_TEMPLE, (-right, -left, top, bottom))
        ]
        self._rims = RimFinder(layout, size)
        self._black = BlackRims(layout, size)
        across = np.linspace(*_BRIDGE[:2], len(self._bridge.where))
        self._nose = np.abs(across) < _NOSE

    def update(self, luma: Gray, pose: Pose, memory: EyewearMemory) -> Floats | None:
        """Return how far each pixel is part of glasses: float32 (size, size), 0 to 1.

        Args:
            luma: uint8 (size, size).
            pose: the head's pose.
            memory: what is known about this face; it is updated.

        Returns:
            None if there are none.
        """
        if memory.frames % _INTERVAL == 0:
            self._remember(luma, pose, memory)
        memory.frames += 1
        return None if memory.matte is None else memory.shown.update(memory.matte)

    def see(self, luma: Floats) -> Floats | None:
        """Return how far each pixel of an image (size, size) is part of glasses, 0 to 1.

        Args:
            luma: float32 (size, size), of a face of any width in its picture.

        Returns:
            None if there are none.
        """
        seen = self.look(luma)
        if seen.rims is None or not (seen.evidence > _CERTAIN or self._is_clear(luma, seen)):
            return None
        return self._matte(luma, seen.rims, seen.rims.contrast)

    def look(self, luma: Floats) -> Eyewear:
        """Look for glasses in an image float32 (size, size)."""
        _, contrast = self._bridge.contrast(luma)
        nose = certainty(contrast[self._nose])
        bridge = float(on_path(nose, best_path(nose)).mean())
        if bridge < _BARE:
            return Eyewear(0.0, bridge, 0.0, None)
        rims = self._rims.look(luma)
        around = self._rims.evidence(rims)
        return Eyewear(max(bridge * around, 0.0), bridge, around, rims)

    def _is_clear(self, luma: Floats, seen: Eyewear) -> bool:
        """Return whether the only image there is of a face, and its temples, show glasses."""
        temples, others = np.mean([_line_shares(temple, luma) for temple in self._temples], axis=0)
        return float(np.dot(_COUNTS, (seen.bridge, seen.around, temples, others))) > _WORN_ONCE

    def _matte(self, luma: Floats, rims: Rims, usual: Floats) -> Floats:
        """Return how far each pixel (size, size) of an image is part of glasses, 0 to 1.

        Args:
            luma: float32 (size, size).
            rims: what it shows of the rims.
            usual: `rims.contrast`, or its mean over time.
        """
        parts = [part.follow(luma) for part in (self._bridge, *self._temples)]
        lines = np.maximum.reduce([self._rims.matte(rims, usual), *parts])
        return np.maximum(lines, self._black.next_to(lines, luma))

    def _remember(self, luma: Gray, pose: Pose, memory: EyewearMemory) -> None:
        """Look for glasses if the face is seen well enough."""
        cosine = float(pose.rotation[2, 2])
        if pose.scale < _LEAST_WIDTH or cosine < _TURNED:
            return
        bright = luma.astype(np.float32)
        seen = self.look(bright)
        if cosine > _FRONTAL:
            evidence = memory.evidence.update(seen.evidence)
            worn = float(np.interp(pose.scale, _WIDTHS, _WORN))
            memory.is_worn = evidence > (_BARE if memory.is_worn else worn)
        if memory.is_worn:
            if seen.rims is not None and seen.evidence > _BARE:
                usual = memory.contrast.update(seen.rims.contrast)
                memory.matte = self._matte(bright, seen.rims, usual)
        elif memory.shown.value is not None:
            faded = float(memory.shown.value.max()) < _FADED
            memory.matte = None if faded else np.zeros_like(memory.shown.value)


def _line_shares(part: LineGrid, luma: Floats) -> tuple[float, float]:
    """Return how much of a part's length its best line has, and the best apart from it, 0 to 1."""
    _, contrast = part.contrast(luma)
    lines = certainty(contrast) * part.zone
    path = best_path(lines)
    others = off_path(lines, path)
    best, second = on_path(lines, path), on_path(others, best_path(others))
    return float(best.mean()), float(second.mean())


def _rectangle(layout: Layout, size: int, box: tuple[float, float, float, float]) -> LineGrid:
    """Return samples of a rectangle: rows from left to right, columns downwards."""
    unit = size * layout.face_width
    left, right, top, bottom = box
    corner_x = (size - 1) / 2 + left * unit
    corner_y = float(layout.uv[LEFT_EYE_CORNERS[0], 1]) * size - 0.5 + top * unit
    rows, columns = (round((b - a) / _SPACING) for a, b in ((left, right), (top, bottom)))
    x, y = np.meshgrid(np.arange(rows), np.arange(columns), indexing="ij")
    step = _SPACING * unit
    where = np.stack([corner_x + x * step, corner_y + y * step], axis=2).astype(np.float32)
    pixels = np.arange(size)
    down, along = np.meshgrid((pixels - corner_y) / step, (pixels - corner_x) / step, indexing="ij")
    back = np.stack([down, along], axis=2).astype(np.float32)
    everywhere = np.ones(where.shape[:2], np.float32)
    return LineGrid(where, everywhere, everywhere, back, is_closed=False, sigmas=_SIGMAS)

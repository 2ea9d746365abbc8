"""Keeps full-rimmed glasses in front, as a whole.

They are recognized by their bridge and lower rims: a face without glasses has no hard line across
the nose between the eyes, nor one around the eyes below. Each part is the best path of lines
through its expected place, so it stays connected where it is faint. Thinner glasses are left to
`LineFinder`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dlc.arrays import Floats, Gray
from dlc.compositing.filters import sample, smoothstep
from dlc.faces.landmarks.pose import Pose
from dlc.faces.landmarks.topology import LEFT_EYE_CORNERS
from dlc.swapping.mesh.foreground.line_grid import LineGrid, best_path
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.masks import depth_inside, rings_mask
from dlc.swapping.running_mean import RunningMean

# Distance between samples of a grid, in face widths.
_SPACING = 0.0062
# Rectangles to search for bridge and temples, in face widths from the midline and from the height
# of the eye corners: inner and outer edge, top and bottom.
_BRIDGE = (-0.06, 0.06, -0.06, 0.12)
_TEMPLE = (0.28, 0.42, -0.12, 0.08)
# Beyond this distance from the midline, in face widths, a bridge becomes a rim or an eye.
_NOSE = 0.035
# Samples around an eye; semi-axes of the ellipse they fill, in face widths; the shares of these
# between which samples lie; and how far lenses hang below the eyes.
_ANGLES = 64
_HALF_AXES = (0.23, 0.21)
_REACH = (0.25, 1.3)
_HANG = 0.03
# Face widths from the midline over which lines turn from the nose's into the rim's.
_SIDES = (0.01, 0.02)
# Evidence from which glasses are worn, and below which they are gone. Of faces 100 pixels wide with
# evidence between 0.6 and the first, three in five have wrinkles instead.
_WORN, _BARE = 0.72, 0.45
# Face width in pixels and cosine of the angle to the camera from which a face shows whether it
# wears glasses, and the cosine from which it shows where they are.
_LEAST_WIDTH = 100.0
_FRONTAL, _TURNED = 0.9, 0.75
# Remaining opacity at which removed glasses are no longer shown.
_FADED = 0.01
# Frames from one look to the next.
_INTERVAL = 12


@dataclass(frozen=True, slots=True, eq=False)
class Eyewear:
    """What one atlas image shows about glasses.

    Attributes:
        evidence: 0 if there are certainly no full-rimmed glasses, 1 if there certainly are.
        matte: float32 (S, S), 0 to 1, how far each pixel is part of them; None if there is too
            little evidence.
    """

    evidence: float
    matte: Floats | None

    @property
    def is_certain(self) -> bool:
        """Whether this image alone is enough evidence."""
        return self.evidence > _WORN


class EyewearMemory:
    """Whether a face wears glasses, and where they are in the atlas.

    Attributes:
        evidence: mean over time of `Eyewear.evidence`.
        is_worn: the last conclusion from it.
        matte: float32 (S, S), 0 to 1, where they were last seen.
        shown: its mean over the last frames.
        frames: number of frames so far.
    """

    def __init__(self) -> None:
        """Start without any memory."""
        self.evidence = RunningMean[float](0.1)
        self.is_worn = False
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
        self._rims = [
            _ring(layout, size, ring.tolist())
            for ring in (layout.topology.left_eye, layout.topology.right_eye)
        ]
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

    def look(self, luma: Floats) -> Eyewear:
        """Look for glasses in an image float32 (size, size)."""
        _, lines = self._bridge.lines(luma)
        nose = np.minimum(lines[self._nose], 1)
        bridge = float(nose[np.arange(len(nose)), best_path(nose)].mean())
        if bridge < _BARE:
            return Eyewear(bridge * _BARE, None)
        rims = [rim.follow(luma) for rim in self._rims]
        # Angles run downwards first, as y does; above the eyes, brows are lines too.
        below = [float(certain[: _ANGLES // 2].mean()) for certain, _ in rims]
        evidence = bridge * min(below)
        if evidence < _BARE:
            return Eyewear(evidence, None)
        parts = rims + [part.follow(luma) for part in (self._bridge, *self._temples)]
        return Eyewear(evidence, np.maximum.reduce([matte for _, matte in parts]))

    def _remember(self, luma: Gray, pose: Pose, memory: EyewearMemory) -> None:
        """Look for glasses if the face is seen well enough."""
        cosine = float(pose.rotation[2, 2])
        if pose.scale < _LEAST_WIDTH or cosine < _TURNED:
            return
        seen = self.look(luma.astype(np.float32))
        if cosine > _FRONTAL:
            evidence = memory.evidence.update(seen.evidence)
            memory.is_worn = evidence > (_BARE if memory.is_worn else _WORN)
        if memory.is_worn:
            memory.matte = memory.matte if seen.matte is None else seen.matte
        elif memory.shown.value is not None:
            faded = float(memory.shown.value.max()) < _FADED
            memory.matte = None if faded else np.zeros_like(memory.shown.value)


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
    return LineGrid(where, np.ones(where.shape[:2], np.float32), back, is_closed=False)


def _ring(layout: Layout, size: int, eye: list[int]) -> LineGrid:
    """Return samples around an eye: rows run from the right downwards, columns outwards."""
    unit = size * layout.face_width
    center = layout.uv[eye].mean(axis=0) * size - 0.5 + np.array([0, _HANG * unit])
    low, high = _REACH
    axes = np.array(_HALF_AXES) * unit
    columns = round((high - low) * float(np.mean(_HALF_AXES)) / _SPACING)
    angle = np.arange(_ANGLES) * (2 * np.pi / _ANGLES)
    direction = np.stack([np.cos(angle), np.sin(angle)], axis=1)[:, None]
    where = (center + direction * np.linspace(low, high, columns)[:, None] * axes).astype(
        np.float32
    )
    x, y = np.meshgrid(*((np.arange(size) - center[:, None]) / axes[:, None]))
    column = (np.hypot(x, y) - low) * ((columns - 1) / (high - low))
    row = np.arctan2(y, x) % (2 * np.pi) * (_ANGLES / (2 * np.pi))
    back = np.stack([column, row], axis=2).astype(np.float32)
    return LineGrid(where, sample(_rim_zone(layout, size), where), back, is_closed=True)


def _rim_zone(layout: Layout, size: int) -> Floats:
    """Weight where rims can be: on the face, off the lids, and on their side of the nose."""
    eyes = [layout.topology.left_eye.tolist(), layout.topology.right_eye.tolist()]
    away = np.abs(np.arange(size, dtype=np.float32) - (size - 1) / 2)
    zone = smoothstep(depth_inside(layout, size), 0.0, 0.02)
    zone = zone * smoothstep(away / (size * layout.face_width), *_SIDES)
    return zone * (1 - rings_mask(layout, size, eyes, reach=0.02))

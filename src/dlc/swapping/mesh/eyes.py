"""Keeps the target's own eyes and mouth opening, so that gaze, blinks and speech are real.

Only the irises take the source's color.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from dlc.arrays import Bytes, Floats, Image, Points
from dlc.compositing.filters import blend, blur, cut, smoothstep
from dlc.faces.landmarks.topology import VERTEX_COUNT, Topology
from dlc.geometry import Box
from dlc.swapping.mesh.light.tone import LUMA
from dlc.swapping.mesh.masks import fill_ring, ring_box, soft_ring
from dlc.swapping.running_mean import RunningMean

# Rows of Face.landmarks with the viewer's left and right iris: center first, then its rim.
_IRISES = (slice(VERTEX_COUNT, VERTEX_COUNT + 5), slice(VERTEX_COUNT + 5, VERTEX_COUNT + 10))
# How much lighter than usual an iris looks when a lid begins to hide it, and when it does.
_LID = (1.15, 1.4)
# Height-to-width ratio at which an eye counts as shut, and as open.
_OPEN = (0.16, 0.26)
# Softness of the openings' edges, in face widths.
_FEATHER = 0.006
# Softness of an iris's edge, in its radii.
_IRIS_FEATHER = 0.15
# Luma from which a pixel of the iris is a glint.
_GLINT = 170
# Pixels needed to know an iris's color.
_MIN_IRIS = 6.0
# How far an iris may be recolored.
_TINT = (0.45, 1.8)


@dataclass(frozen=True, slots=True, eq=False)
class Eye:
    """An eye in a picture.

    Attributes:
        lids: float32 (16, 2), the ring of the lids from one corner of the eye, pixels.
        iris: float32 (5, 2), center and rim of the iris, pixels.
    """

    lids: Floats
    iris: Floats

    @property
    def openness(self) -> float:
        """0 for an eye that is nearly shut, 1 for an open one."""
        corner, other = self.lids[0], self.lids[len(self.lids) // 2]
        width = max(float(np.linalg.norm(other - corner)), 1e-3)
        along = (other - corner) / width
        gap = np.ptp((self.lids - corner) @ np.array([-along[1], along[0]], np.float32))
        return float(smoothstep(np.asarray(gap / width, np.float32), *_OPEN))

    def moved(self, lids: Floats) -> Eye:
        """Return the eye with new lids, the iris moving along."""
        return Eye(lids, self.iris + (lids - self.lids).mean(axis=0))


def find_eyes(topology: Topology, landmarks: Points) -> tuple[Eye, Eye]:
    """Return the viewer's left and right eye from landmarks (478, 2 or more)."""
    points = landmarks[:, :2]
    rings = (topology.left_eye, topology.right_eye)
    left, right = (Eye(points[r], points[i]) for r, i in zip(rings, _IRISES, strict=True))
    return left, right


def cut_openings(opacity: Floats, rings: Sequence[Floats], face_width: float) -> None:
    """Make a layer transparent inside rings (N, 2) of eyes and mouth, in place; in pixels."""
    softness = max(_FEATHER * face_width, 0.5)
    for ring in rings:
        box = ring_box(ring, 4 * softness + 1, opacity.shape)
        if not box.is_empty:
            cut(opacity, box)[:] *= 1 - soft_ring(ring, box, softness)


@dataclass(frozen=True, slots=True, eq=False)
class Iris:
    """The visible part of an iris.

    Attributes:
        box: a rectangle of the picture.
        mask: float32 (box.height, box.width), 1 on the iris, 0 elsewhere.
    """

    box: Box
    mask: Floats


def find_irises(eyes: Sequence[Eye], shape: tuple[int, int]) -> list[Iris]:
    """Return the irises that lie in a picture of `shape` (rows, columns)."""
    found = (_find_iris(eye, shape) for eye in eyes)
    return [iris for iris in found if iris is not None]


def _find_iris(eye: Eye, shape: tuple[int, int]) -> Iris | None:
    """Draw the disk of an iris inside its lids.

    A nearly shut eye shows no iris: the lids would get colored instead.
    """
    center = eye.iris[0]
    radius = float(np.linalg.norm(eye.iris[1:] - center, axis=1).mean())
    softness = max(radius * _IRIS_FEATHER, 0.5)
    box = ring_box(eye.iris, radius + 4 * softness, shape)
    if box.is_empty:
        return None
    corner = np.array([box.left, box.top], np.float32)
    disk, lids = np.zeros((2, box.height, box.width), np.uint8)
    where = np.round((center - corner) * 16).astype(int).tolist()
    cv2.circle(disk, where, max(round(radius * 16), 1), 255, -1, cv2.LINE_AA, 4)
    fill_ring(lids, eye.lids - corner)
    visible = blur(np.minimum(disk, lids), softness)
    return Iris(box, visible * np.float32(eye.openness / 255))


def iris_color(bgr: Image, irises: Sequence[Iris]) -> Floats | None:
    """Return the mean BGR (3,) of a face's irises without their glints.

    Args:
        bgr: uint8 (h, w, 3 or more); further channels are ignored.
        irises: the face's irises in it.

    Returns:
        The color, or None if too little of the irises is visible.
    """
    total, color = 0.0, np.zeros(3, np.float32)
    for iris in irises:
        pixels = cut(bgr, iris.box)[..., :3].astype(np.float32)
        weight = iris.mask * (pixels @ LUMA < _GLINT)
        total += float(weight.sum())
        color += np.tensordot(weight, pixels, 2)
    return color / np.float32(total) if total >= _MIN_IRIS else None


def _scaled(bgra: Bytes, gain: Floats, veil: float) -> Bytes:
    """Multiply the colors of a picture (h, w, 4), less the veil, by a gain (3,)."""
    matrix = np.diag([*gain.tolist(), 1.0])
    offset = veil * (1 - np.diag(matrix))
    return np.asarray(cv2.transform(bgra, np.column_stack([matrix, offset])), np.uint8)


class IrisTint:
    """Gives a target's irises the color of the source's."""

    def __init__(self, source: Floats | None) -> None:
        """Use the source's iris color, BGR (3,), if it is known."""
        self._source = source

    def apply(
        self,
        bgra: Bytes,
        eyes: Sequence[Eye],
        seen: RunningMean[Floats],
        veil: float = 0.0,
        clearness: float = 1.0,
        colored: float = 1.0,
    ) -> None:
        """Recolor the irises of a picture (h, w, 4) in place.

        Args:
            bgra: the picture.
            eyes: the face's eyes in it.
            seen: the target's own iris color over time; updated.
            veil: gray levels added over the whole picture.
            clearness: the share of the face's light that does not come from the veil.
            colored: 0 if the picture has no color, 1 if it has.
        """
        if self._source is None:
            return
        gray = np.float32(self._source @ LUMA)
        wanted = gray + np.float32(colored) * (self._source - gray)
        irises = find_irises(eyes, bgra.shape[:2])
        now = iris_color(bgra, irises)
        color = seen.value if now is None else seen.update(now)
        if color is None:
            return
        floor: Floats = np.maximum(color - np.float32(veil), 4.0)
        gain = np.clip(wanted * np.float32(clearness) / floor, *_TINT)
        for iris in irises:
            plain = cut(bgra, iris.box)
            share = _bareness(iris_color(bgra, [iris]), color)
            plain[:] = blend(_scaled(plain, gain, veil), plain, iris.mask * share)


def _bareness(now: Floats | None, usual: Floats) -> np.float32:
    """Return 1 for an iris of about its usual lightness, 0 for one being covered by a lid.

    Lids are much lighter than irises, and in a blink they move faster than their landmarks.
    """
    if now is None:
        return np.float32(0)
    lighter = float(now @ LUMA) / max(float(usual @ LUMA), 8.0)
    low, high = _LID
    return np.float32(min(max((high - lighter) / (high - low), 0.0), 1.0))

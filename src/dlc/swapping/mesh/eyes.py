"""Eyes and mouth opening stay the target's own, so that gaze, blinks and speech are real.

Only the irises take the source's color.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from dlc.compositing.filters import blur, smoothstep
from dlc.faces.topology import VERTEX_COUNT, Topology
from dlc.swapping.mesh.masks import fill_ring
from dlc.swapping.mesh.tone import LUMA

# Rows of Face.landmarks that hold the viewer's left and right iris: center first, then its rim.
IRISES = (slice(VERTEX_COUNT, VERTEX_COUNT + 5), slice(VERTEX_COUNT + 5, VERTEX_COUNT + 10))
_RATE = 0.1
# Ratio of an eye's height to its width at which it counts as shut, and as open.
_OPEN = (0.12, 0.2)
# Softness of the openings' edges, in face widths.
_FEATHER = 0.006


def openings(
    topology: Topology, points: NDArray[np.float32], shape: tuple[int, int], face_width: float
) -> NDArray[np.float32]:
    """Return 1 inside the eyes and the mouth opening, 0 elsewhere: float32 of `shape`.

    Args:
        topology: the face mesh.
        points: float32 (468 or more, 2), pixels.
        shape: rows and columns of the mask.
        face_width: in pixels.
    """
    mask = np.zeros(shape, np.uint8)
    for ring in (topology.left_eye, topology.right_eye, topology.inner_lips):
        fill_ring(mask, points[ring])
    soft = blur(mask, max(_FEATHER * face_width, 0.5))
    return soft.astype(np.float32) / 255


def iris_mask(
    eye: NDArray[np.float32], iris: NDArray[np.float32], shape: tuple[int, int]
) -> NDArray[np.float32]:
    """Return the visible part of an iris: its disk inside the lids `eye` (N, 2).

    Nothing is visible of an eye that is all but shut: its lids would be colored.
    """
    corner, other = eye[0], eye[len(eye) // 2]
    along = (other - corner) / max(float(np.linalg.norm(other - corner)), 1e-3)
    gap = np.ptp((eye - corner) @ np.array([-along[1], along[0]], np.float32))
    width = max(float(np.linalg.norm(other - corner)), 1e-3)
    openness = float(smoothstep(np.float32(gap / width), *_OPEN))
    center = iris[0]
    radius = float(np.linalg.norm(iris[1:] - center, axis=1).mean())
    disk, lids = np.zeros(shape, np.uint8), np.zeros(shape, np.uint8)
    where = tuple(np.round(center * 16).astype(int).tolist())
    cv2.circle(disk, where, max(round(radius * 16), 1), 255, -1, cv2.LINE_AA, 4)
    fill_ring(lids, eye)
    visible = blur(np.minimum(disk, lids), max(radius * 0.15, 0.5))
    return visible.astype(np.float32) * np.float32(openness / 255)


def iris_color(bgr: NDArray[np.uint8], mask: NDArray[np.float32]) -> NDArray[np.float32] | None:
    """Return the mean BGR (3,) of an iris without its glints, or None where too little is seen."""
    luma = bgr @ LUMA
    weight = mask * (luma < 170)
    total = float(weight.sum())
    if total < 6.0:
        return None
    color: NDArray[np.float32] = np.tensordot(weight, bgr.astype(np.float32), 2) / total
    return color


class IrisTint:
    """One track's running color of each target iris, against the source's."""

    def __init__(self, source: NDArray[np.float32] | None) -> None:
        """Take the source's iris color, BGR (3,), if it is known."""
        self._source = source
        self._seen: NDArray[np.float32] | None = None

    def apply(
        self,
        bgr: NDArray[np.uint8],
        eyes: list[NDArray[np.float32]],
        irises: list[NDArray[np.float32]],
    ) -> None:
        """Recolor the irises of a region in place; points are pixels of the region."""
        if self._source is None:
            return
        masks = [
            iris_mask(eye, iris, bgr.shape[:2]) for eye, iris in zip(eyes, irises, strict=True)
        ]
        both = np.maximum(*masks)
        seen = iris_color(bgr, both)
        if seen is not None:
            self._seen = seen if self._seen is None else self._seen + _RATE * (seen - self._seen)
        if self._seen is None:
            return
        gain = np.clip(self._source / np.maximum(self._seen, 4.0), 0.4, 2.0)
        tinted = cv2.blendLinear(cv2.multiply(bgr, (*gain.tolist(), 1.0)), bgr, both, 1.0 - both)
        bgr[:] = tinted

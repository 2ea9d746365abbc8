"""Focus: gives a face that is out of focus, or blurred by motion, a new one that is, too.

Method: S. Zhuo, T. Sim, "Defocus map estimation from a single image", Pattern Recognition 44, 2011.
An edge that is already soft loses little of its slope when it is blurred again, and how little
tells how soft it is. Skin says nothing: it may be smooth in the sharpest picture. The edges of
eyes, brows, lips and nostrils do.

Out of focus, edges in all directions are soft, and a mean tells it best. Motion blurs those across
its direction alone, so axes are measured one by one, and only as far as the face has moved.
"""

from __future__ import annotations

import math
from typing import cast

import cv2
import numpy as np

from dlc.arrays import Bytes, Floats
from dlc.compositing.filters import Image, smoothstep
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.masks import depth_inside

# Face widths inside the oval beyond which there is nothing but the face.
_INSIDE = 0.03
# Radius in pixels of the second blur, and the share of the steepest edges that are looked at.
_AGAIN = 1.5
_STEEPEST = 0.03
# Least ratio of the slopes: from there on, the edges are too soft to tell how soft they are.
_LEAST_RATIO = 1.02
# What sampling a picture does to edges, as a blur in its pixels.
_SAMPLING = 0.7
# Softness of the target over the source's: up to the first both are in focus, as faces, lenses and
# light differ; from the second on, the new face is as soft as the target.
_OUT_OF_FOCUS = (1.2, 1.5)
# Softness of edges across a face and down it, in face widths, that is usual for faces at rest.
_AT_REST = np.array([0.0115, 0.0085], np.float32)
# Radius of the longest blur over the motion: the shutter may be open from one frame to the next.
_OPEN = 1 / math.sqrt(12)
# Radius in pixels of the least blur that can be seen, and one for none: OpenCV takes 0 for the same
# as along the other axis.
_LEAST_RADIUS, _NONE = 0.3, 0.01


class FocusMeter:
    """Measures how soft the edges of a face are, in the atlas; all results are in face widths."""

    def __init__(self, layout: Layout, size: int) -> None:
        """Prepare the mask for atlas images of one size."""
        self._face = depth_inside(layout, size) > _INSIDE
        self._face_width = size * layout.face_width

    def softness(self, luma: Bytes) -> float:
        """Return the radius (sigma) of the blur on edges in all directions.

        Args:
            luma: uint8 (size, size), the face in the atlas.
        """
        image = luma.astype(np.float32)
        again = soften(image, np.array([_AGAIN, _AGAIN]))
        before, after = (cv2.magnitude(_slope(each, 0), _slope(each, 1)) for each in (image, again))
        return self._radius(np.asarray(before, np.float32), np.asarray(after, np.float32))

    def softness_by_axis(self, luma: Bytes) -> Floats:
        """Return the same along the rows and along the columns: float32 (2,)."""
        image = luma.astype(np.float32)
        radii = []
        for axis, again in enumerate(np.diag([_AGAIN, _AGAIN])):
            slopes = (np.abs(_slope(each, axis)) for each in (image, soften(image, again)))
            radii.append(self._radius(*slopes))
        return np.array(radii, np.float32)

    def _radius(self, before: Floats, after: Floats) -> float:
        """Return the radius of a blur, given the slopes before and after another one."""
        before, after = before[self._face], after[self._face]
        count = round(_STEEPEST * after.size)
        steep = np.argpartition(after, -count)[-count:]
        ratio = float(np.median(before[steep] / np.maximum(after[steep], 1e-3)))
        return _AGAIN / math.sqrt(max(ratio, _LEAST_RATIO) ** 2 - 1) / self._face_width


def lacking_softness(target: float, source: float, face_width: float) -> float:
    """Return the radius of the blur that makes the source's face as soft as the target's.

    Args:
        target: softness of the target's face.
        source: softness of the source's.
        face_width: of the target in pixels of its picture.

    Returns:
        The radius in face widths; 0 if the target is in focus, or as sharp as its pixels allow.
    """
    sharp = math.hypot(source, _SAMPLING / face_width)
    share = float(smoothstep(np.asarray(target / sharp, np.float32), *_OUT_OF_FOCUS))
    return share * math.sqrt(max(target**2 - sharp**2, 0.0))


def with_motion(radius: float, target: Floats, source: Floats, moved: Floats) -> Floats:
    """Return the radius of the blur along rows and columns, of focus and motion together.

    Args:
        radius: what `lacking_softness` returned.
        target: float32 (2,), softness of the target's face along each axis.
        source: float32 (2,), the same of the source.
        moved: float32 (2,), by how much the face has moved since the last frame, in face widths.

    Returns:
        float32 (2,), in face widths.
    """
    still = np.hypot(np.maximum(source, _AT_REST), np.float32(radius))
    motion = np.sqrt(np.maximum(target**2 - still**2, 0))
    motion = np.minimum(motion, np.float32(_OPEN) * np.abs(moved))
    both: Floats = np.hypot(motion, np.float32(radius))
    return both


def soften(image: Image, radius: Floats) -> Image:
    """Blur an image by radii (2,) in pixels along its rows and columns, if that can be seen."""
    if float(radius.max()) < _LEAST_RADIUS:
        return image
    along, down = np.maximum(radius, _NONE).tolist()
    blurred = cv2.GaussianBlur(image, (0, 0), along, sigmaY=down, borderType=cv2.BORDER_REFLECT_101)
    return cast(Image, blurred)


def _slope(image: Floats, axis: int) -> Floats:
    """Return how steeply an image rises along its rows (0) or columns (1)."""
    return np.asarray(cv2.Sobel(image, cv2.CV_32F, 1 - axis, axis), np.float32)

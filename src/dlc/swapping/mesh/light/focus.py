"""Focus: gives a face that is out of focus a new one that is, too.

Method: S. Zhuo, T. Sim, "Defocus map estimation from a single image", Pattern Recognition 44, 2011.
An edge that is already soft loses little of its slope when it is blurred again, and how little
tells how soft it is. Skin says nothing: it may be smooth in the sharpest picture. The edges of
eyes, brows, lips and nostrils do.
"""

from __future__ import annotations

import math

import cv2
import numpy as np

from dlc.arrays import Bytes, Floats
from dlc.compositing.filters import Image, blur, smoothstep
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
# Radius in pixels of the least blur that can be seen.
_LEAST_RADIUS = 0.3


class FocusMeter:
    """Measures how soft the edges of a face are, in the atlas."""

    def __init__(self, layout: Layout, size: int) -> None:
        """Prepare the mask for atlas images of one size."""
        self._face = depth_inside(layout, size) > _INSIDE
        self._face_width = size * layout.face_width

    def softness(self, luma: Bytes) -> float:
        """Return the radius (sigma) of the blur on a face's edges, in face widths.

        Args:
            luma: uint8 (size, size), the face in the atlas.
        """
        image = luma.astype(np.float32)
        before, after = (_slope(each)[self._face] for each in (image, blur(image, _AGAIN)))
        steep = np.argpartition(after, -round(_STEEPEST * after.size))
        steep = steep[-round(_STEEPEST * after.size) :]
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


def soften(image: Image, radius: float) -> Image:
    """Blur an image by a radius in pixels, if that makes a difference."""
    return blur(image, radius) if radius >= _LEAST_RADIUS else image


def _slope(image: Floats) -> Floats:
    across, down = (cv2.Sobel(image, cv2.CV_32F, *order) for order in ((1, 0), (0, 1)))
    return np.asarray(cv2.magnitude(across, down), np.float32)

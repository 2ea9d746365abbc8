"""Patches on pictures, and pictures with patches."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from dlc.compositing.patch import Patch
from dlc.faces.face import Face
from dlc.geometry import Box

Bytes = NDArray[np.uint8]


def blurred_patch(bgr: Bytes, face: Face) -> Patch:
    """Return a face of a picture, blurred, in an ellipse with a soft rim."""
    x, y = face.points.mean(axis=0)
    reach = 2 * float(np.linalg.norm(face.points[1] - face.points[0]))
    box = Box(int(x - reach), int(y - reach), int(x + reach), int(y + reach))
    part = bgr[box.top : box.bottom, box.left : box.right]
    alpha = np.zeros(part.shape[:2], np.uint8)
    center = (box.width // 2, box.height // 2)
    cv2.ellipse(alpha, center, (box.width // 3, box.height * 2 // 5), 0, 0, 360, 255, cv2.FILLED)
    alpha = np.asarray(cv2.GaussianBlur(alpha, (0, 0), 2), np.uint8)
    return Patch(box, np.asarray(cv2.GaussianBlur(part, (0, 0), 1.5), np.uint8), alpha)


def pasted(bgr: Bytes, patch: Patch) -> Bytes:
    """Return a picture with a patch in it."""
    out = bgr.copy()
    part = out[patch.box.top : patch.box.bottom, patch.box.left : patch.box.right]
    opacity = patch.alpha[..., None] / 255
    part[...] = np.rint(part * (1 - opacity) + patch.bgr * opacity)
    return out


def detail_of(bgr: Bytes) -> float:
    """Return how much fine detail there is, as the deviation of its Laplacian."""
    return float(cv2.Laplacian(cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY), cv2.CV_64F).std())

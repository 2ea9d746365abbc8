"""Draws beards on faces."""

from __future__ import annotations

import cv2
import numpy as np

from dlc.arrays import Flags, Floats
from dlc.compositing.filters import blur
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.tone import LUMA
from tests.swapping.mesh.heads import Points

# From the viewer's left side of the jaw around the chin to the right one, and back under the nose.
_OUTLINE = [132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288, 361]
_OUTLINE += [426, 327, 2, 98, 206]
_SIDES = (234, 454)


def bearded(points: Points, layout: Layout, shape: tuple[int, int]) -> Flags:
    """Return where a full beard grows: bool (rows, columns).

    Args:
        points: (468 or more, 2 or 3), the face's vertices in the picture.
        layout: the atlas.
        shape: rows and columns.
    """
    mask = np.zeros(shape, np.uint8)
    for ring, value in ((_OUTLINE, 1), (layout.topology.outer_lips.tolist(), 0)):
        cv2.fillPoly(mask, [np.rint(points[ring, :2]).astype(np.int32)], value)
    return mask > 0


def with_beard(
    bgr: Floats, points: Points, layout: Layout, *, dark: float = 0.4, hairy: float = 0.35
) -> Floats:
    """Return a picture (h, w, 3) with gray hairs all over the beard's place.

    Args:
        bgr: float32 (h, w, 3), 0 to 255.
        points: (468 or more, 2 or 3), the face's vertices in it.
        layout: the atlas.
        dark: luma of the hair, as a share of that of the skin below.
        hairy: how far hairs differ from that, as its share.
    """
    width = float(np.linalg.norm(points[_SIDES[1], :2] - points[_SIDES[0], :2]))
    noise = np.random.default_rng(0).normal(size=bgr.shape[:2]).astype(np.float32)
    hairs = blur(noise, max(0.012 * width, 0.5))
    hair = dark * (1 + hairy * hairs / hairs.std())
    beard = bearded(points, layout, bgr.shape[:2])[..., None]
    gray = (bgr @ LUMA * hair)[..., None]
    return np.where(beard, np.clip(gray, 0, 255), bgr).astype(np.float32)

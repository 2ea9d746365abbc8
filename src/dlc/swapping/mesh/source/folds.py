"""Finds the folds of a smile: the lines from a source's nose past the corners of its mouth."""

from __future__ import annotations

import math

import cv2
import numpy as np

from dlc.arrays import Bytes, Floats
from dlc.compositing.filters import blur, cut, ellipse, grow, smoothstep
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.tone import LUMA
from dlc.swapping.mesh.masks import ring_box, rings_mask
from dlc.swapping.mesh.source.photo import ATLAS_SIZE

# The cheek along the fold at the viewer's left, beside nose, lips and chin.
_LEFT = (209, 142, 36, 205, 207, 214, 210, 211, 204, 43, 186, 92, 165, 129)
# Largest width of a line, smallest length, and softness of the cheek's outline, in face widths.
_WIDTH, _LENGTH, _SOFT = 0.045, 0.07, 0.02
# Pixels of the atlas below which detail is skin and stubble, and that a line's edge is wide.
_FINE, _EDGE = 1.2, 2
# Share of the skin's light from which a line is deeper than stubble, and the pixels of the atlas by
# which such a line may bend.
_DEEP, _BENT = 0.15, 2
# Angles in which lines run, in degrees; straight down is 90.
_ANGLES = range(0, 180, 15)
# Gray levels below which a line is none.
_FAINT = 0.5
# Share of the skin's light up to which detail is its pores, which stay; and depths of a line, as
# such shares, from which it may have a fine line at its bottom, and has it.
_PORES, _CREASED = 0.06, (0.06, 0.16)


def find_folds(texture: Floats, layout: Layout) -> Floats:
    """Return what smooths out the folds: float32 (S, S, 3), to be added to the texture.

    Args:
        texture: float32 (S, S, 3), BGR, 0 to 255.
        layout: the atlas.
    """
    unit = ATLAS_SIZE * layout.face_width
    rings = np.stack([_LEFT, layout.topology.mirror[list(_LEFT)]])
    outlines = layout.uv[rings.ravel()] * ATLAS_SIZE
    near = ring_box(outlines, unit * _LENGTH, (ATLAS_SIZE, ATLAS_SIZE))
    cheeks = blur(rings_mask(layout, ATLAS_SIZE, rings.tolist()), unit * _SOFT)
    folds = np.zeros_like(texture)
    cut(folds, near)[:] = _smoothing(cut(texture, near), unit) * cut(cheeks, near)[..., None]
    return folds


def _smoothing(skin: Floats, unit: float) -> Floats:
    """Return what smooths out dark lines in some skin (h, w, 3), given a face width in pixels."""
    smooth = blur(skin, _FINE)
    closing = ellipse(2 * round(unit * _WIDTH / 2) + 1)
    closed: Floats = np.asarray(cv2.morphologyEx(smooth, cv2.MORPH_CLOSE, closing), np.float32)
    depth: Floats = closed @ LUMA - smooth @ LUMA
    light = np.maximum(closed @ LUMA, 1)
    deep = grow(np.where(depth > _DEEP * light, depth, np.float32(0)), _BENT)
    line = np.maximum(*(_elongated(each, round(unit * _LENGTH)) for each in (depth, deep)))
    share = np.clip(line / np.maximum(depth, _FAINT), 0, 1)
    plain = blur(closed, 2 * _FINE)
    creased = smoothstep(line / light, *_CREASED)
    pores = (_PORES * (1 - creased))[..., None] * plain
    plain = plain + np.clip(skin - smooth, -pores, 0)
    smoothing: Floats = np.maximum(plain - skin, 0) * share[..., None]
    return smoothing


def _elongated(depth: Floats, length: int) -> Floats:
    """Return the depth (S, S) of what is dark along a line of so many pixels, 0 elsewhere."""
    lines = [_line(length, math.radians(angle)) for angle in _ANGLES]
    opened = [
        cv2.morphologyEx(depth, cv2.MORPH_OPEN, line, borderType=cv2.BORDER_REPLICATE)
        for line in lines
    ]
    return grow(np.asarray(np.maximum.reduce(opened), np.float32), _EDGE)


def _line(length: int, angle: float) -> Bytes:
    """Return a kernel that is a line across its middle."""
    kernel = np.zeros((length, length), np.uint8)
    middle = (length - 1) / 2
    across = np.array([math.cos(angle), math.sin(angle)]) * middle
    start, end = np.rint(middle - across).astype(int), np.rint(middle + across).astype(int)
    return np.asarray(cv2.line(kernel, start.tolist(), end.tolist(), 1), np.uint8)

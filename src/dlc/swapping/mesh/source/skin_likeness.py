"""Tells a source's skin from hair, clothes and background."""

from __future__ import annotations

import cv2
import numpy as np

from dlc.arrays import Floats
from dlc.compositing.filters import blur, ellipse, smoothstep, spread
from dlc.faces.landmarks.topology import LEFT_EYE_CORNERS, NOSE_BASE, RIGHT_EYE_CORNERS
from dlc.swapping.mesh.foreground.parts import label_parts
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.masks import (
    LEFT_BROW,
    RIGHT_BROW,
    away_from_midline,
    depth_inside,
    height_above_brows,
    rings_mask,
    skin_mask,
    top_of_brows,
    uncertain_margin,
)
from dlc.swapping.mesh.source.photo import ATLAS_SIZE

# Outer corners of the viewer's left and right eye.
_OUTER_CORNERS = (LEFT_EYE_CORNERS[0], RIGHT_EYE_CORNERS[0])
# Face widths inside the oval from which there is nothing but the face.
_INSIDE = 0.12
# Radii, as shares of the atlas, over which pixels are averaged before they are compared, and of the
# skin that they are compared with.
_FINE, _NEARBY = 0.006, 0.10
# Lightness, relative to the skin nearby, of what is no skin, and of what is; the same of what is
# lighter; and differences in tint (CIELAB) of what is, and of what is not.
_DARKER, _LIGHTER, _TINT = (0.62, 0.80), (1.5, 1.8), (20.0, 30.0)
# Thickest brow, and how far one is raised above the mesh's at most, in face widths.
_THICK, _RAISED = 0.11, 0.08
# How much darker than skin a brow is at least, and its least area in squares of a face width.
_VISIBLE, _LARGE = 0.08, 0.0015
# Lightness, relative to the skin nearby, of a fringe's tips; and, in face widths, how far above the
# brows, and up to how far from the midline, a fringe is that comes down to them.
_TIPS, _HIGH, _TEMPLES = 0.8, 0.08, 0.2
# Face widths: how tall a brow is at most, and how far beside and below the mesh's it ends.
_TALL, _BESIDE, _BELOW = 0.065, 0.05, 0.02
# Depths, in face widths inside the oval, that hair hanging over cheeks and temples does not reach,
# and easily reaches.
_HANGING = (0.30, 0.20)
# The same of strands, ears and shade next to hair, which differ less from skin.
_STRANDS = (0.25, 0.15)
# Lightness, relative to the skin around, of what may be hair there, and of what surely is.
_HAIR = (0.55, 0.40)
# Hair and shadow mix with the skin next to them.
_MIXED = ellipse(2 * round(ATLAS_SIZE * 0.016) + 1)
# Softness of the result, as a share of the atlas.
_SOFTNESS = 0.012


def skin_likeness(texture: Floats, layout: Layout) -> tuple[Floats, Floats]:
    """Tell where a texture looks like the face's own skin.

    Only the margin and the forehead can be anything else; brows, eyes, nose and mouth are accepted
    as they are. Skin is compared to the skin around it, so that a shaded cheek stays skin.

    Strands, an ear or the shade beside them may reach farther over a cheek, and would be stains on
    a target's. But light also falls off there, and shows how wide a face is: nothing of the target
    should take the place of such skin.

    Args:
        texture: float32 (S, S, 3), BGR, 0 to 255.
        layout: the atlas.

    Returns:
        Two of float32 (S, S): 1 on skin, 0 on hair, clothes and background; and 1 on what may be
        strands beside or over a cheek, 0 elsewhere.
    """
    lightness, alike, brows = _compare_to_skin(texture, layout)
    skin = 1 - uncertain_margin(layout, ATLAS_SIZE) * (1 - alike)
    dark = smoothstep(lightness, *_HAIR) * (1 - brows)
    hair = np.maximum(_hanging_hair(dark, layout), _hair_on_brows(lightness, layout))
    skin = _below_the_hair(np.minimum(skin, 1 - hair), layout)
    wide = uncertain_margin(layout, ATLAS_SIZE, _STRANDS)
    strands = _from_above(wide * (1 - alike), layout)
    return blur(skin, ATLAS_SIZE * _SOFTNESS), blur(strands, ATLAS_SIZE * _SOFTNESS)


def _compare_to_skin(texture: Floats, layout: Layout) -> tuple[Floats, Floats, Floats]:
    """Compare each pixel to the skin nearby.

    Returns:
        Its lightness relative to that; how alike the two are, brows included; and 1 on brows: each
        float32 (S, S).
    """
    core = skin_mask(layout, ATLAS_SIZE) * (depth_inside(layout, ATLAS_SIZE) > _INSIDE)
    smooth = blur(texture, ATLAS_SIZE * _FINE)
    lab = np.asarray(cv2.cvtColor(np.clip(smooth, 0, 255) / 255, cv2.COLOR_BGR2LAB), np.float32)
    lightness, alike = _compare(lab, core)
    # Raised brows are where skin usually is.
    near = rings_mask(layout, ATLAS_SIZE, [LEFT_BROW, RIGHT_BROW], reach=_RAISED)
    _, better = _compare(lab, core * (1 - near * (1 - smoothstep(lightness, *_DARKER))))
    alike = np.maximum(alike, better)
    brows = _find_brows(lightness, near, layout) * _between(alike, layout)
    alike = np.asarray(cv2.erode(np.maximum(alike, brows), _MIXED), np.float32)
    return lightness, alike, brows


def _compare(lab: Floats, skin: Floats) -> tuple[Floats, Floats]:
    """Return lightness (S, S) relative to the skin nearby, and how alike the two are, 0 to 1.

    Args:
        lab: float32 (S, S, 3), CIELAB.
        skin: float32 (S, S), weights.
    """
    sigma = ATLAS_SIZE * _NEARBY
    share = spread(skin, sigma) + 1e-4
    nearby = spread(lab * skin[..., None], sigma) / share[..., None]
    lightness: Floats = lab[..., 0] / np.clip(nearby[..., 0], 5.0, None)
    tint = np.asarray(np.hypot(*cv2.split((lab - nearby)[..., 1:])), np.float32)
    shade = smoothstep(lightness, *_DARKER) * smoothstep(lightness, *_LIGHTER[::-1])
    return lightness, shade * smoothstep(tint, *_TINT[::-1])


def _find_brows(lightness: Floats, near: Floats, layout: Layout) -> Floats:
    """Return 1 on each brow: of dark bands, the one nearest to the mesh's; others are a fringe.

    Args:
        lightness: float32 (S, S), relative to the skin nearby.
        near: float32 (S, S), 1 where raised brows may be.
        layout: the atlas.
    """
    bands = label_parts((_between(lightness, layout) - lightness > _VISIBLE) & (near > 0))
    is_large = np.bincount(bands.ravel()) > _LARGE * (ATLAS_SIZE * layout.face_width) ** 2
    brows = np.zeros_like(lightness)
    for brow in (LEFT_BROW, RIGHT_BROW):
        elsewhere = (rings_mask(layout, ATLAS_SIZE, [brow]) < 0.5).astype(np.uint8)
        away = np.asarray(cv2.distanceTransform(elsewhere, cv2.DIST_L2, 5), np.float32)
        away[(bands == 0) | ~is_large[bands]] = np.inf
        if np.isfinite(away).any():
            nearest = bands == bands.flat[int(away.argmin())]
            np.maximum(brows, nearest, out=brows)
    return np.asarray(cv2.dilate(brows, _MIXED), np.float32)


def _hair_on_brows(lightness: Floats, layout: Layout) -> Floats:
    """Return 1 on a dark fringe that comes down to the brows, or over them.

    Of the two together, only what is near the lower edge is a brow.
    """
    unit = ATLAS_SIZE * layout.face_width
    rows = np.arange(ATLAS_SIZE, dtype=np.float32)[:, None]
    dark = (lightness < _TIPS) & (depth_inside(layout, ATLAS_SIZE) > 0)
    labels = label_parts(dark)
    high = height_above_brows(layout, ATLAS_SIZE) > _HIGH
    front = high & (away_from_midline(layout, ATLAS_SIZE) < _TEMPLES)
    fringe = dark & np.isin(labels, labels[front])
    brows = dark & (rings_mask(layout, ATLAS_SIZE, [LEFT_BROW, RIGHT_BROW], _BELOW) > 0.5)
    beside = np.ones((1, 2 * round(_BESIDE * unit) + 1), np.uint8)
    lower_edge = np.asarray(cv2.dilate(np.max(brows * rows, axis=0, keepdims=True), beside))
    eyes = layout.uv[[*LEFT_EYE_CORNERS, *RIGHT_EYE_CORNERS], 1].min() * ATLAS_SIZE
    end = np.where(lower_edge > 0, lower_edge - _TALL * unit, eyes - _BELOW * unit)
    hair = (fringe & (rows < end)).astype(np.float32)
    return np.asarray(cv2.dilate(hair, _MIXED), np.float32)


def _between(values: Floats, layout: Layout) -> Floats:
    """Return values (S, S), but on what is lower than close above and below it, those there.

    This finds brows, which have skin above and below them, but not hair.
    """
    column = np.ones((round(_THICK * ATLAS_SIZE * layout.face_width) | 1, 1), np.uint8)
    return np.asarray(cv2.morphologyEx(values, cv2.MORPH_CLOSE, column), np.float32)


def _hanging_hair(dark: Floats, layout: Layout) -> Floats:
    """Return 1 on dark hair over temples and cheeks, farther inside than the usual margin.

    Args:
        dark: float32 (S, S), how certainly it is as dark as hair.
        layout: the atlas.
    """
    at = np.arange(ATLAS_SIZE, dtype=np.float32)
    left, right = (layout.uv[corner, 0] * ATLAS_SIZE for corner in _OUTER_CORNERS)
    beside = smoothstep(np.maximum(left - at, at - right), -ATLAS_SIZE * 0.02, 0.0)
    mixed = np.asarray(cv2.dilate(dark, _MIXED), np.float32)
    return _from_above(mixed * uncertain_margin(layout, ATLAS_SIZE, _HANGING) * beside, layout)


def _from_above(hair: Floats, layout: Layout) -> Floats:
    """Return hair (S, S), below the nose only what hangs down; the rest may be a beard."""
    nose = round(float(layout.uv[NOSE_BASE, 1]) * ATLAS_SIZE)
    return np.concatenate([hair[:nose], np.minimum.accumulate(hair[nose:], axis=0)])


def _below_the_hair(skin: Floats, layout: Layout) -> Floats:
    """Treat everything above hair as hair: up the forehead, skin does not reappear."""
    brow = int(top_of_brows(layout, ATLAS_SIZE))
    forehead = np.minimum.accumulate(skin[:brow][::-1], axis=0)[::-1]
    return np.concatenate([forehead, skin[brow:]])

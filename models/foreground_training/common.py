"""What the drawing code shares: the atlas at the network's resolution, and random fields."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from dlc.faces.landmarks.topology import LEFT_EYE_CORNERS
from dlc.swapping.mesh.layout import load_layout
from dlc.swapping.mesh.light.tone import LUMA, TONE_SIZE
from dlc.swapping.mesh.masks import depth_inside, skin_mask, top_of_brows, uncertain_margin

Floats = NDArray[np.float32]
Random = np.random.Generator

SIDE = TONE_SIZE
DOWN, ACROSS = np.mgrid[:SIDE, :SIDE].astype(np.float32)
LAYOUT = load_layout()
DEPTH = depth_inside(LAYOUT, SIDE)
HAIR_ZONE = uncertain_margin(LAYOUT, SIDE)
SKIN = (skin_mask(LAYOUT, SIDE) > 0.5) & (DEPTH > 0.12)
# Pixels: the face's width, the rows of the brows and of the eyes' corners, and the eyes' middles.
WIDTH = SIDE * LAYOUT.face_width
BROWS = top_of_brows(LAYOUT, SIDE)
CORNERS = float(LAYOUT.uv[LEFT_EYE_CORNERS[0], 1]) * SIDE
EYES: Floats = np.stack(
    [LAYOUT.uv[ring].mean(axis=0) for ring in (LAYOUT.topology.left_eye, LAYOUT.topology.right_eye)]
) * np.float32(SIDE)


def luma_of(face: Floats) -> Floats:
    """Return the luma (SIDE, SIDE) of BGR (SIDE, SIDE, 3)."""
    luma: Floats = face @ LUMA
    return luma


def skin_of(face: Floats) -> Floats:
    """Return the median BGR (3,) of a face's skin."""
    return np.median(face[SKIN], axis=0).astype(np.float32)


def spots(random: Random, size: float) -> Floats:
    """Return smooth random spots of about `size` pixels: (SIDE, SIDE), 0 on average."""
    count = max(int(SIDE / size), 2) + 2
    values = random.normal(size=(count, count)).astype(np.float32)
    return cv2.resize(values, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)

"""Draws fringes on foreheads."""

from __future__ import annotations

import cv2
import numpy as np

from dlc.arrays import Bytes
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.tone import TONE_SIZE
from dlc.swapping.mesh.masks import top_of_brows


def forehead(layout: Layout) -> tuple[slice, slice]:
    """Return rows and columns of TONE_SIZE around the middle of the forehead."""
    brows, top = top_of_brows(layout, TONE_SIZE), float(layout.uv[10, 1]) * TONE_SIZE
    height = brows - top
    return slice(round(top + 0.2 * height), round(brows - 0.4 * height)), slice(48, 80)


def with_fringe(face: Bytes, layout: Layout, color: tuple[int, int, int]) -> Bytes:
    """Return an atlas image (S, S, 3) of a face with strands down to the brows.

    Args:
        face: uint8 (S, S, 3), BGR.
        layout: the atlas.
        color: BGR of the hair.
    """
    size = face.shape[0]
    noise = np.random.default_rng(1).normal(size=(size, size)).astype(np.float32)
    strands = cv2.GaussianBlur(noise, (0, 0), sigmaX=size / 170, sigmaY=size / 12)
    strands /= strands.std()
    end = top_of_brows(layout, size) - 0.01 * size + 0.01 * size * strands
    share = np.clip((end - np.arange(size)[:, None]) / (size / 100) + 0.5, 0, 1)[..., None]
    hair = np.array(color) * np.exp(0.15 * strands)[..., None]
    return np.clip(face * (1 - share) + hair * share, 0, 255).astype(np.uint8)

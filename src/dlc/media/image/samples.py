"""Samples of pictures whose kind of file leaves open what they mean."""

from __future__ import annotations

import cv2
import numpy as np

from dlc.arrays import Array


def to_16_bits(pixels: Array, depth: int) -> Array:
    """Return samples of 8 to 16 bits so that white is the most that their type can hold.

    Args:
        pixels: uint8 of 8 bits, which are returned as they are, or uint16.
        depth: bits a sample.
    """
    if pixels.dtype == np.uint8 or depth == 16:
        return pixels
    return np.asarray((pixels << (16 - depth)) | (pixels >> (2 * depth - 16)))


def to_full_range(gray: Array, depth: int) -> Array:
    """Return gray of limited range, 16 to 235 in 8 bits, as 0 to the most that `depth` bits hold.

    Args:
        gray: uint8 or uint16.
        depth: bits a sample.
    """
    unit, most = 1 << (depth - 8), (1 << depth) - 1
    scaled = (gray.astype(np.float32) - 16 * unit) * (most / (219 * unit))
    return np.asarray(np.clip(np.rint(scaled), 0, most).astype(gray.dtype))


def without_premultiplication(bgra: Array) -> Array:
    """Return colors that were multiplied by their opacity as they were before.

    Args:
        bgra: uint8 or uint16 (h, w, 4), of the full range of their type.
    """
    most = np.iinfo(bgra.dtype).max
    opacity = bgra[..., 3:].astype(np.float32)
    colors = bgra[..., :3] * np.divide(most, opacity, out=np.zeros_like(opacity), where=opacity > 0)
    colors = np.minimum(np.rint(colors), most).astype(bgra.dtype)
    return np.asarray(cv2.merge([*cv2.split(colors), bgra[..., 3]]))

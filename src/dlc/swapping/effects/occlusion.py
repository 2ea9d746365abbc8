"""Keeps a new face behind whatever covers the old one."""

from __future__ import annotations

import cv2
import numpy as np

from dlc.arrays import Floats
from dlc.compositing.filters import blur
from dlc.compositing.opacity import faded
from dlc.compositing.patch import Patch
from dlc.faces.alignment import arcface_matrix, crop_square
from dlc.faces.crop import Cutout, Square
from dlc.faces.face import Face
from dlc.faces.finder import Needs
from dlc.faces.pixels import Pixels
from dlc.geometry import Box
from dlc.swapping.occluder_model import OccluderModel

# The crop that the model sees: inswapper's, as facefusion uses it for XSeg. It is close to
# DeepFaceLab's own "whole face", and holds all that either engine pastes.
_CROP = 128
# The mask is smoothed by this share of the crop's side.
_SOFTNESS = 1 / 64


class OcclusionEffect:
    """Keeps visible what a model sees in front of a face; stateless between frames."""

    name = "occlude"
    target_needs = Needs.NOTHING

    def __init__(self, model: OccluderModel) -> None:
        """Find what covers faces with `model`."""
        self._model = model

    def apply(self, frame: Pixels, face: Face, patch: Patch) -> Patch:
        """Return the patch without what is covered.

        Raises:
            ModelError: the model's output is not a mask.
            ProviderError: the provider failed to run the model.
        """
        matrix = arcface_matrix(face.points, _CROP)
        if matrix is None or not patch.alpha.any():
            return patch
        square = crop_square(matrix, _CROP)
        box = square.bounds(frame.width, frame.height)
        if box.is_empty:
            return patch
        crop = Cutout(box, frame.region(box)).warp(square, self._model.side)
        return faded(patch, placed(softened(self._model.visible(crop)), square, patch.box))


def softened(visible: Floats) -> Floats:
    """Return a mask with a soft edge that lies within the face.

    The edge starts where the smoothed mask is at one half, so that nothing that covers or surrounds
    the face is painted over.

    Args:
        visible: float32 (side, side), 0 to 1.
    """
    smooth = blur(visible, _SOFTNESS * len(visible))
    return np.asarray(np.maximum(smooth * 2 - 1, 0), np.float32)


def placed(mask: Floats, square: Square, box: Box) -> Floats:
    """Return a square's mask on the pixels of a part of the picture, extended beyond its edge.

    Args:
        mask: float32 (side, side).
        square: the square in the picture.
        box: the part of the picture.

    Returns:
        float32 (box.height, box.width).
    """
    matrix = square.pixel_matrix(len(mask), box)
    method = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    size = (box.width, box.height)
    warped = cv2.warpAffine(mask, matrix, size, flags=method, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(warped, np.float32)

"""A new face behind whatever covers the old one."""

from __future__ import annotations

import cv2
import numpy as np

from dlc.compositing.arrays import Floats
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

# The crop in which the model is to see a face: inswapper's, in which facefusion shows it to XSeg.
# It is nearly DeepFaceLab's own, "whole face", and holds all that either engine pastes.
_CROP = 128
# By this share of the crop's side the mask is smoothed.
_SOFTNESS = 1 / 64


class OcclusionEffect:
    """Keeps in front what a model sees in front of a face; it remembers nothing between frames."""

    name = "occlude"
    target_needs = Needs.NOTHING

    def __init__(self, model: OccluderModel) -> None:
        """Look at faces with `model`."""
        self._model = model

    def apply(self, frame: Pixels, face: Face, patch: Patch) -> Patch:
        """Return the patch without what is covered.

        Raises:
            ModelError: what came out of the model is no mask.
            ProviderError: what runs the model failed.
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

    It begins where the smoothed mask is at half, so that nothing of what covers the face, and of
    what is around it, is painted over.

    Args:
        visible: float32 (side, side), 0 to 1.
    """
    smooth = blur(visible, _SOFTNESS * len(visible))
    return np.asarray(np.maximum(smooth * 2 - 1, 0), np.float32)


def placed(mask: Floats, square: Square, box: Box) -> Floats:
    """Return a mask of a square on the pixels of a part of the picture; its edge goes on beyond it.

    Args:
        mask: float32 (side, side).
        square: of the picture.
        box: where the part of the picture is.

    Returns:
        float32 (box.height, box.width).
    """
    matrix = square.pixel_matrix(len(mask), box)
    method = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    size = (box.width, box.height)
    warped = cv2.warpAffine(mask, matrix, size, flags=method, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(warped, np.float32)

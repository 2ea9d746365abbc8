"""Finds faces with SCRFD, as insightface decodes it."""

from __future__ import annotations

import cv2
import numpy as np
from insightface.model_zoo.scrfd import SCRFD

from dlc.arrays import Image
from dlc.faces.face import Face
from dlc.inference.session import DescribedSession

# The input's side if the model leaves it open: the choice of insightface and of the routes.
_SIDE = 640
# How much smaller the picture is in the second search. Measured on faces as large as the picture
# and up to 1.7 times larger, cut off by its edges: 3 finds all, 2.5 nearly all, 2 and less fewer.
_SHRINK = 3.0


class ScrfdDetector:
    """Detects faces from about 1 % of a picture's longer side up to all of it.

    Boxes, points and scores are those of insightface's own `SCRFD.detect` for the same picture.
    """

    def __init__(self, session: DescribedSession, *, min_score: float = 0.5) -> None:
        """Use a session of det_10g or another SCRFD with five points.

        Args:
            session: its input size is fixed, at a multiple of 32, or open.
            min_score: faces that score less are dropped.
        """
        # Without a file, insightface opens no session of its own and runs the given one.
        self._model = SCRFD(session=session, static_shape_sessions=False)
        self._model.prepare(0, input_size=(_SIDE, _SIDE), det_thresh=min_score)

    def detect(self, bgr: Image) -> list[Face]:
        """Find faces, best first.

        If there are none, the picture is searched again at a third of the size: a face that fills
        the picture is larger than SCRFD's anchors and is not found otherwise. A picture without
        faces thus costs two runs of the model.

        Args:
            bgr: uint8 (h, w, 3), upright.

        Returns:
            Faces in pixels of `bgr`; a box may reach beyond it.
        """
        width, height = self._model.input_size
        scale = min(width / bgr.shape[1], height / bgr.shape[0])
        if min(bgr.shape[:2]) * scale < 1:
            # A single line of pixels, which insightface would shrink to nothing.
            return []
        return self._faces(bgr, 1.0) or self._faces(*self._shrunk(bgr, scale / _SHRINK))

    def _shrunk(self, bgr: Image, scale: float) -> tuple[Image, float]:
        """Return the input padded as in insightface, but at a given scale, and that scale."""
        width, height = self._model.input_size
        canvas = np.zeros((height, width, 3), np.uint8)
        size = [max(round(length * scale), 1) for length in (bgr.shape[1], bgr.shape[0])]
        canvas[: size[1], : size[0]] = cv2.resize(bgr, size)
        return canvas, scale

    def _faces(self, bgr: Image, scale: float) -> list[Face]:
        boxes, points = self._model.detect(bgr)
        return [
            Face(box[:4] / scale, five / scale, float(box[4]))
            for box, five in zip(boxes, points, strict=True)
        ]

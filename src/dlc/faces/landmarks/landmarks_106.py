"""Finds the 106 points of InsightFace's 2d106det."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from insightface.app.common import Face as InsightFace
from insightface.model_zoo.landmark import Landmark

from dlc.arrays import Points
from dlc.errors import ModelError
from dlc.faces.face import Face
from dlc.faces.pixels import Pixels
from dlc.geometry import Box
from dlc.inference.session import DescribedSession
from dlc.model_store.skim import skim_nodes

_SIDE = 192
_POINTS = 106
# Number of nodes that insightface searches for the ones that normalize the input.
_LOOKED_AT = 8
# Half the side of insightface's crop over the longer side of a box; the crop is 1.5 times larger.
_REACH = 0.75
# Pixels beyond the crop that interpolation may read.
_MARGIN = 2


class Landmarker106:
    """Places 106 points on a face whose box is known."""

    def __init__(self, model_file: Path, session: DescribedSession) -> None:
        """Use a session of 2d106det.

        Args:
            model_file: the file that the session was opened with; its first nodes show how the
                input is normalized.
            session: takes (1 or n, 3, 192, 192).

        Raises:
            ModelError: the file is not a complete ONNX file, or does not declare an output of 106
                points.
        """
        columns = session.get_outputs()[0].shape[-1]
        if columns != 2 * _POINTS:
            raise ModelError(
                f"{model_file} gives {columns} numbers instead of {2 * _POINTS}: use 2d106det, "
                "which `dlc models pull 2d106det` downloads."
            )
        nodes = io.BytesIO(skim_nodes(model_file, _LOOKED_AT))
        self._model = Landmark(nodes, session)
        self._model.input_size = (_SIDE, _SIDE)

    def find(self, frame: Pixels, faces: Sequence[Face]) -> list[Points | None]:
        """Return the points of each face; the model runs once for each.

        Returns:
            For each face float32 (106, 2), in pixels of the frame, equal to insightface's; None for
            an empty box or one outside the frame.
        """
        return [self._find(frame, face) for face in faces]

    def _find(self, frame: Pixels, face: Face) -> Points | None:
        box = _crop_box(face).clipped(frame.width, frame.height)
        if box.is_empty:
            return None
        origin = np.array([box.left, box.top], np.float32)
        # insightface takes a whole picture and warps the part around the face.
        part = frame.region(box)
        points = self._model.get(part, InsightFace(bbox=face.box - np.tile(origin, 2)))
        return np.asarray(points + origin, np.float32)


def _crop_box(face: Face) -> Box:
    """Return the pixels that insightface's crop can touch; none for an empty box."""
    left, top, right, bottom = (float(edge) for edge in face.box)
    reach = _REACH * max(right - left, bottom - top)
    if not 0 < reach < math.inf:
        return Box(0, 0, 0, 0)
    x, y = (left + right) / 2, (top + bottom) / 2
    return Box(
        math.floor(x - reach) - _MARGIN,
        math.floor(y - reach) - _MARGIN,
        math.ceil(x + reach) + _MARGIN,
        math.ceil(y + reach) + _MARGIN,
    )

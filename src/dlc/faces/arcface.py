"""Tells people apart with ArcFace, on crops as insightface prepares them."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from insightface.model_zoo.arcface_onnx import ArcFaceONNX
from numpy.typing import NDArray

from dlc.faces.alignment import aligned_crop, arcface_matrix
from dlc.faces.face import Face
from dlc.faces.pixels import Pixels
from dlc.inference.session import DescribedSession
from dlc.model_store.skim import skim_nodes

_SIDE = 112
# Among so many nodes insightface looks for the ones that normalize the input.
_LOOKED_AT = 8


class ArcFaceRecognizer:
    """Computes embeddings: the cosine of two is the higher the more two faces look alike."""

    def __init__(self, model_file: Path, session: DescribedSession) -> None:
        """Use a session of w600k_r50 or another ArcFace.

        Args:
            model_file: the file that the session was opened with. Of its hundreds of megabytes
                only the first nodes are read: they tell how the input is normalized.
            session: takes (n, 3, 112, 112), one face at a time or any number of them.

        Raises:
            ModelError: the file is not a whole ONNX file.
        """
        nodes = io.BytesIO(skim_nodes(model_file, _LOOKED_AT))
        self._model = ArcFaceONNX(nodes, session)
        self._model.input_size = (_SIDE, _SIDE)
        self._takes_many = not isinstance(session.get_inputs()[0].shape[0], int)

    def prepare(
        self, frame: Pixels, faces: Sequence[Face]
    ) -> Callable[[], list[NDArray[np.float32] | None]]:
        """Read the pixels of faces of a frame, and return the call that computes the embeddings.

        The call does not touch the frame, so another thread may make it. If the model takes many
        faces, it is one run for all of them.

        Returns:
            What returns for each face a float32 (512,) of unit length, or None where its points
            cannot be those of a face.
        """
        matrices = [arcface_matrix(face.points, _SIDE) for face in faces]
        crops = [
            None if matrix is None else aligned_crop(frame, matrix, _SIDE) for matrix in matrices
        ]
        return lambda: self._embed(crops)

    def _embed(self, crops: Sequence[NDArray[np.uint8] | None]) -> list[NDArray[np.float32] | None]:
        embeddings = iter(self._run([crop for crop in crops if crop is not None]))
        return [None if crop is None else next(embeddings) for crop in crops]

    def _run(self, crops: list[NDArray[np.uint8]]) -> list[NDArray[np.float32]]:
        """Return the embeddings, scaled to unit length, of uint8 (112, 112, 3) BGR crops."""
        batches = [crops] if self._takes_many and crops else [[crop] for crop in crops]
        features = [row for batch in batches for row in self._model.get_feat(batch)]
        return [row / max(float(np.linalg.norm(row)), 1e-12) for row in features]

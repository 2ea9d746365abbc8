"""Tells people apart with ArcFace, on crops prepared as in insightface."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from insightface.model_zoo.arcface_onnx import ArcFaceONNX

from dlc.arrays import Embedding, Image
from dlc.faces.face import Face
from dlc.faces.people.recognizer import CROP_SIDE, embed_crops
from dlc.faces.pixels import Pixels
from dlc.inference.session import DescribedSession
from dlc.model_store.skim import skim_nodes

# Number of nodes that insightface searches for the ones that normalize the input.
_LOOKED_AT = 8


class ArcFaceRecognizer:
    """Computes embeddings of 512 numbers; a `Recognizer`."""

    # InsightFace states none for w600k_r50; this one is dlc's own.
    similarity = 0.35

    def __init__(self, model_file: Path, session: DescribedSession) -> None:
        """Use a session of w600k_r50 or another ArcFace.

        Args:
            model_file: the file that the session was opened with. Only the first nodes of its
                hundreds of megabytes are read: they show how the input is normalized.
            session: takes (n, 3, 112, 112), with n fixed at 1 or open.

        Raises:
            ModelError: the file is not a complete ONNX file.
        """
        nodes = io.BytesIO(skim_nodes(model_file, _LOOKED_AT))
        self._model = ArcFaceONNX(nodes, session)
        self._model.input_size = (CROP_SIDE, CROP_SIDE)
        self._takes_many = not isinstance(session.get_inputs()[0].shape[0], int)

    def embed(self, frame: Pixels, faces: Sequence[Face]) -> list[Embedding | None]:
        """Return for each face of a frame a float32 (512,) of unit length.

        It is None if the points cannot be those of a face. A model that takes many faces runs once
        for all of them.
        """
        return embed_crops(frame, faces, self._run)

    def _run(self, crops: list[Image]) -> list[Embedding]:
        batches = [crops] if self._takes_many and crops else [[crop] for crop in crops]
        return [row for batch in batches for row in self._model.get_feat(batch)]

"""Tells people apart with ArcFace, on crops as insightface prepares them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from insightface.model_zoo.arcface_onnx import ArcFaceONNX

from dlc.faces.face import Face
from dlc.faces.people.recognizer import CROP_SIDE, Crop, Embedding, embed_crops
from dlc.faces.pixels import Pixels
from dlc.inference.session import DescribedSession
from dlc.model_store.skim import skim_nodes

# Among so many nodes insightface looks for the ones that normalize the input.
_LOOKED_AT = 8


class ArcFaceRecognizer:
    """Computes embeddings of 512 numbers; a `Recognizer`."""

    # InsightFace gives none for w600k_r50; this one is dlc's own.
    similarity = 0.35

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
        self._model.input_size = (CROP_SIDE, CROP_SIDE)
        self._takes_many = not isinstance(session.get_inputs()[0].shape[0], int)

    def embed(self, frame: Pixels, faces: Sequence[Face]) -> list[Embedding | None]:
        """Return for each face of a frame a float32 (512,) of unit length.

        It is None for a face whose points cannot be those of a face. If the model takes many faces,
        it runs once for all of them.
        """
        return embed_crops(frame, faces, self._run)

    def _run(self, crops: list[Crop]) -> list[Embedding]:
        batches = [crops] if self._takes_many and crops else [[crop] for crop in crops]
        return [row for batch in batches for row in self._model.get_feat(batch)]

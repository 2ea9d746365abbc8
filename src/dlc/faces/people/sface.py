"""Tells people apart with SFace, on crops prepared as in OpenCV's `FaceRecognizerSF`."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from dlc.arrays import Embedding, Image
from dlc.faces.face import Face
from dlc.faces.people.recognizer import embed_crops
from dlc.faces.pixels import Pixels
from dlc.inference.session import DescribedSession


class SFaceRecognizer:
    """Computes embeddings of 128 numbers; a `Recognizer`."""

    # The value in OpenCV's documentation for "Labeled Faces in the Wild". For photos that differ
    # more, by age or pose, it gives 0.34 to 0.21.
    similarity = 0.363

    def __init__(self, session: DescribedSession) -> None:
        """Use a session of face_recognition_sface_2021dec.

        Args:
            session: takes (1, 3, 112, 112) RGB from 0 to 255, which the model normalizes itself.
        """
        self._session = session
        self._input = session.get_inputs()[0].name
        self._output = session.get_outputs()[0].name

    def embed(self, frame: Pixels, faces: Sequence[Face]) -> list[Embedding | None]:
        """Return for each face of a frame a float32 (128,) of unit length.

        It is None if the points cannot be those of a face. SFace takes one face at a time, so it
        runs once per face.
        """
        return embed_crops(frame, faces, lambda crops: [*map(self._run, crops)])

    def _run(self, crop: Image) -> Embedding:
        blob = np.asarray(cv2.dnn.blobFromImage(crop, swapRB=True), np.float32)
        (rows,) = self._session.run([self._output], {self._input: blob})
        return rows.reshape(-1)

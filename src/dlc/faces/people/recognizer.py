"""The interface of models that tell people apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np

from dlc.arrays import Embedding, Image
from dlc.faces.alignment import aligned_crop, arcface_matrix
from dlc.faces.face import Face
from dlc.faces.pixels import Pixels

# ArcFace's crop, which other recognizers use too.
CROP_SIDE = 112


class Recognizer(Protocol):
    """Computes embeddings: the more alike two faces look, the higher their cosine.

    Embeddings of different models are not comparable, even if they have the same size.
    """

    @property
    def similarity(self) -> float:
        """The default cosine from which two faces are the same person."""

    def embed(self, frame: Pixels, faces: Sequence[Face]) -> list[Embedding | None]:
        """Return for each face of a frame a float32 vector of unit length.

        It is None if the points cannot be those of a face.
        """


def embed_crops(
    frame: Pixels, faces: Sequence[Face], run: Callable[[list[Image]], list[Embedding]]
) -> list[Embedding | None]:
    """Cut faces out of a frame and embed them with a model.

    Args:
        frame: the picture.
        faces: the faces, with their points.
        run: takes uint8 (112, 112, 3) BGR crops, returns a float32 vector for each.

    Returns:
        As `Recognizer.embed`.
    """
    matrices = [arcface_matrix(face.points, CROP_SIDE) for face in faces]
    crops = [
        None if matrix is None else aligned_crop(frame, matrix, CROP_SIDE) for matrix in matrices
    ]
    embeddings = iter(run([crop for crop in crops if crop is not None]))
    return [None if crop is None else unit(next(embeddings)) for crop in crops]


def unit(vector: Embedding) -> Embedding:
    """Return a vector scaled to unit length; a zero vector stays as it is."""
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-12), np.float32)

"""What tells people apart, whichever model does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from dlc.faces.alignment import aligned_crop, arcface_matrix
from dlc.faces.face import Face
from dlc.faces.pixels import Pixels

# ArcFace's crop, which other recognizers take, too.
CROP_SIDE = 112

Crop = NDArray[np.uint8]
Embedding = NDArray[np.float32]


class Recognizer(Protocol):
    """Computes embeddings: the cosine of two is the higher the more two faces look alike.

    Embeddings of different models have nothing to do with each other, even where they are of the
    same size.
    """

    @property
    def similarity(self) -> float:
        """The cosine from which two faces are one person's, unless somebody knows better."""

    def embed(self, frame: Pixels, faces: Sequence[Face]) -> list[Embedding | None]:
        """Return for each face of a frame a float32 vector of unit length.

        It is None for a face whose points cannot be those of a face.
        """


def embed_crops(
    frame: Pixels, faces: Sequence[Face], run: Callable[[list[Crop]], list[Embedding]]
) -> list[Embedding | None]:
    """Cut faces out of a frame, and have a model embed them.

    Args:
        frame: the picture.
        faces: whose points are known.
        run: takes uint8 (112, 112, 3) BGR crops and returns a float32 vector for each.

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
    """Return a vector scaled to unit length; one without a length stays as it is."""
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-12), np.float32)

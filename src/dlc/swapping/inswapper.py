"""The neural swap engine: inswapper_128 on aligned faces, pasted back with soft edges."""

from __future__ import annotations

import copy
from collections.abc import Sequence

from dlc.arrays import Floats, Image
from dlc.compositing.paste_back import face_mask, paste_back
from dlc.compositing.patch import Patch
from dlc.faces.alignment import aligned_crop, arcface_matrix
from dlc.faces.face import Face
from dlc.faces.finder import Needs
from dlc.faces.pixels import Pixels
from dlc.inference.routed_session import RoutedSession
from dlc.swapping.inswapper_model import InswapperModel, identity_latent
from dlc.swapping.pixel_boost import interleaved, interleaved_parts


class InswapperSwapper:
    """Swaps faces with InsightFace's inswapper_128, whose weights the user installs."""

    source_needs = Needs.EMBEDDING
    target_needs = Needs.NOTHING

    def __init__(self, session: RoutedSession, emap: Floats, side: int | None = None) -> None:
        """Use a session of the model and the matrix from its file.

        Args:
            session: of a model that `dlc.model_store.contracts` accepts as a swapper.
            emap: float32 (512, 512), from `dlc.model_store.skim.skim_emap`.
            side: side of the new faces in pixels, a multiple of the model's own; None means the
                model's. Each face costs the square of that factor in model runs.
        """
        self._model = InswapperModel(session)
        self._emap = emap
        self._factor = 1 if side is None else side // self._model.side
        self._mask = face_mask(self._model.side * self._factor)
        self._latent: Floats | None = None

    def prepare(self, sources: Sequence[tuple[Pixels, Face]]) -> dict[int, str]:
        """Prepare the source person from the mean of the photos' embeddings.

        Returns:
            Nothing, as it cannot tell poor photos from good ones.

        Raises:
            ValueError: there are no sources, or a face has no embedding.
        """
        self._latent = identity_latent([_embedding(face) for _, face in sources], self._emap)
        return {}

    def another(self) -> InswapperSwapper:
        """Return a swapper on the same session with the same source."""
        return copy.copy(self)

    def swap(self, frame: Pixels, faces: Sequence[Face]) -> list[Patch | None]:
        """Return each swapped face, or None if its points are not a face or outside the frame.

        Raises:
            RuntimeError: there is no source yet.
            ModelError: the model's output is not a picture.
            ProviderError: the provider failed to run the model.
        """
        if self._latent is None:
            raise RuntimeError("call prepare with a source before swap")
        side = self._model.side * self._factor
        matrices = [arcface_matrix(face.points, side) for face in faces]
        placed = [matrix for matrix in matrices if matrix is not None]
        crops = [aligned_crop(frame, matrix, side) for matrix in placed]
        swapped = iter(self._swap_crops(crops, self._latent))
        return [
            None
            if matrix is None
            else paste_back(next(swapped), self._mask, matrix, frame.width, frame.height)
            for matrix in matrices
        ]

    def _swap_crops(self, crops: Sequence[Image], latent: Floats) -> list[Image]:
        if self._factor == 1:
            return self._model.swap_crops(crops, latent)
        parts = [part for crop in crops for part in interleaved_parts(crop, self._factor)]
        swapped = self._model.swap_crops(parts, latent)
        count = self._factor**2
        starts = range(0, len(swapped), count)
        return [interleaved(swapped[start : start + count], self._factor) for start in starts]


def _embedding(face: Face) -> Floats:
    if face.embedding is None:
        raise ValueError("the inswapper engine needs source faces with embeddings")
    return face.embedding

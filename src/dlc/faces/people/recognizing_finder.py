"""Adds embeddings to the faces of a finder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dlc.faces.face import Face
from dlc.faces.finder import FaceFinder, Needs
from dlc.faces.people.recognizer import Recognizer
from dlc.faces.pixels import TrackableFrame


class RecognizingFinder:
    """Combines a finder that cannot tell people apart with a recognizer.

    It is a `RecognizingFaceFinder`.
    """

    def __init__(self, finder: FaceFinder, recognizer: Recognizer) -> None:
        self._finder = finder
        self._recognizer = recognizer

    @property
    def similarity(self) -> float:
        """The cosine from which two embeddings are the same person."""
        return self._recognizer.similarity

    def reset(self) -> None:
        """Forget the frames seen so far."""
        self._finder.reset()

    def find(self, frame: TrackableFrame) -> list[Face]:
        """Return the faces of the next frame."""
        return self._finder.find(frame)

    def describe(self, frame: TrackableFrame, faces: Sequence[Face], needs: Needs) -> list[Face]:
        """Return faces with what is needed; embeddings stay None if points are not a face's."""
        described = self._finder.describe(frame, faces, needs & ~Needs.EMBEDDING)
        if Needs.EMBEDDING not in needs or not faces:
            return described
        embeddings = self._recognizer.embed(frame, described)
        return [
            replace(face, embedding=embedding)
            for face, embedding in zip(described, embeddings, strict=True)
        ]

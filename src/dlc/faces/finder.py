"""The interface of whatever finds faces, and how others say what they need to know of them."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Flag, auto
from typing import Protocol

from dlc.faces.face import Face
from dlc.faces.pixels import TrackableFrame


class Needs(Flag):
    """What a stage reads of a face besides its box and its five points.

    Every one costs a model's run for each face, so nothing is computed that nobody asked for.
    """

    NOTHING = 0
    MESH = auto()
    """`Face.landmarks`."""
    LANDMARKS_106 = auto()
    """`Face.landmarks_106`."""
    EMBEDDING = auto()
    """`Face.embedding`."""


class FaceFinder(Protocol):
    """Finds the faces of consecutive frames; called from one thread."""

    def find(self, frame: TrackableFrame) -> list[Face]:
        """Return the faces of the next frame, in its pixels."""

    def describe(self, frame: TrackableFrame, faces: Sequence[Face], needs: Needs) -> list[Face]:
        """Return faces that `find` found in `frame`, in their order, with what is needed of them.

        Raises:
            ValueError: this finder cannot tell what is asked of it.
        """

    def reset(self) -> None:
        """Forget the frames seen so far: the next one begins a new video."""


class RecognizingFaceFinder(FaceFinder, Protocol):
    """Describes faces by their embeddings, too, all of one recognizer."""

    @property
    def similarity(self) -> float:
        """The cosine from which two embeddings are one person's, unless somebody knows better."""

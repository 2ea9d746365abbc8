"""The interface of face finders, and how other stages say what they need to know about faces."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Flag, auto
from functools import reduce
from operator import or_
from typing import Protocol

from dlc.faces.face import Face
from dlc.faces.pixels import TrackableFrame


class Needs(Flag):
    """What a stage needs of a face besides its box and five points.

    Each costs a model run per face, so nothing is computed unless requested.
    """

    NOTHING = 0
    MESH = auto()
    """`Face.landmarks`."""
    LANDMARKS_106 = auto()
    """`Face.landmarks_106`."""
    EMBEDDING = auto()
    """`Face.embedding`."""


def all_needs(each: Iterable[Needs]) -> Needs:
    """Return what several stages need together."""
    return reduce(or_, each, Needs.NOTHING)


class FaceFinder(Protocol):
    """Finds the faces of consecutive frames; called from one thread."""

    def find(self, frame: TrackableFrame) -> list[Face]:
        """Return the faces of the next frame, in its pixels."""

    def describe(self, frame: TrackableFrame, faces: Sequence[Face], needs: Needs) -> list[Face]:
        """Return faces that `find` found in `frame`, in the same order, with `needs` filled in.

        Raises:
            ValueError: this finder cannot provide what is needed.
        """

    def reset(self) -> None:
        """Forget the frames seen so far: the next one begins a new video."""


class RecognizingFaceFinder(FaceFinder, Protocol):
    """A finder that also provides embeddings, all from one recognizer."""

    @property
    def similarity(self) -> float:
        """The default cosine from which two embeddings are the same person."""

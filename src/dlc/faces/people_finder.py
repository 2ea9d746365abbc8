"""Finds the faces of certain people only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dlc.faces.face import Face
from dlc.faces.finder import FaceFinder, Needs
from dlc.faces.people import PeopleMatcher
from dlc.faces.pixels import TrackableFrame


class PeopleFinder:
    """Says of every face that another finder finds who it is; a `FaceFinder`."""

    def __init__(self, finder: FaceFinder, matcher: PeopleMatcher, *, others: bool) -> None:
        """Start without a past.

        Args:
            finder: finds and describes faces.
            matcher: tells who they are.
            others: return the faces of everybody else, too; their person is None.
        """
        self._finder = finder
        self._matcher = matcher
        self._others = others
        self._ids: dict[tuple[int, int | None], int] = {}

    def reset(self) -> None:
        """Forget the frames seen so far, but not the track ids given out."""
        self._finder.reset()
        self._matcher.reset()

    def find(self, frame: TrackableFrame) -> list[Face]:
        """Find the faces of the next frame.

        A track ends when its face turns out to be another person than was thought.
        """
        faces = self._finder.find(frame)
        persons = self._matcher.assign(frame, faces)
        return [
            replace(face, person=person, track_id=self._id(face.track_id, person))
            for face, person in zip(faces, persons, strict=True)
            if self._others or person is not None
        ]

    def describe(self, frame: TrackableFrame, faces: Sequence[Face], needs: Needs) -> list[Face]:
        """Return the faces with what is needed of them."""
        return self._finder.describe(frame, faces, needs)

    def _id(self, track_id: int, person: int | None) -> int:
        return self._ids.setdefault((track_id, person), len(self._ids))

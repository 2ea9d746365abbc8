"""Finds faces and identifies them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dlc.faces.face import Face
from dlc.faces.finder import FaceFinder, Needs
from dlc.faces.people.people import PeopleMatcher
from dlc.faces.pixels import TrackableFrame


class PeopleFinder:
    """Identifies every face that another finder finds; a `FaceFinder`."""

    def __init__(self, finder: FaceFinder, matcher: PeopleMatcher) -> None:
        """Start with no history.

        Args:
            finder: finds and describes faces.
            matcher: identifies them.
        """
        self._finder = finder
        self._matcher = matcher
        self._ids: dict[tuple[int, int | None], int] = {}
        self._next = 0

    def reset(self) -> None:
        """Forget the frames seen so far, but not the track ids already used."""
        self._finder.reset()
        self._matcher.reset()

    def find(self, frame: TrackableFrame) -> list[Face]:
        """Find the faces of the next frame, including those of other people.

        A track ends when its face turns out to be a different person.
        """
        faces = self._finder.find(frame)
        persons = self._matcher.assign(frame, faces)
        tracks = [(face.track_id, person) for face, person in zip(faces, persons, strict=True)]
        self._ids = {track: self._id(track) for track in tracks}
        return [
            replace(face, person=person, track_id=self._ids[track])
            for face, person, track in zip(faces, persons, tracks, strict=True)
        ]

    def describe(self, frame: TrackableFrame, faces: Sequence[Face], needs: Needs) -> list[Face]:
        """Return the faces with what is needed filled in."""
        return self._finder.describe(frame, faces, needs)

    def _id(self, track: tuple[int, int | None]) -> int:
        """Return the id of a person's track; a new one after a frame without them."""
        if track in self._ids:
            return self._ids[track]
        self._next += 1
        return self._next - 1

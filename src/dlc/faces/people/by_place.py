"""Tells people apart by where they are, for lack of a recognizer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dlc.arrays import Floats
from dlc.faces.face import Face
from dlc.faces.finder import FaceFinder
from dlc.faces.people.whereabouts import FrameLog, Whereabouts
from dlc.faces.pixels import TrackableFrame


class PeopleByPlace:
    """Takes people in order of appearance, from the left, and follows their tracks.

    After a lost track, a new face becomes whoever was last seen nearest to it. This cannot tell who
    is who after a cut, or after two people have crossed.
    """

    def __init__(self, count: int) -> None:
        """Start with no history; `count` is the number of people."""
        self._count = count
        self._found: set[int] = set()
        self.reset()

    @property
    def found(self) -> frozenset[int]:
        """The people that were found so far."""
        return frozenset(self._found)

    def reset(self) -> None:
        """Forget where everybody was."""
        self._tracks: dict[int, int] = {}
        self._places: dict[int, Floats] = {}
        self._log = FrameLog()

    @property
    def whereabouts(self) -> Whereabouts:
        """Where everybody is now, and was in the frames that are kept."""
        places = [(person, tuple(map(float, at))) for person, at in self._places.items()]
        return Whereabouts(tuple(places), self._log.frames)

    def go_on(self, before: Whereabouts, seconds: float) -> None:
        """Continue where another one ended; see `PeopleMatcher`."""
        self.reset()
        self._log = FrameLog(before.frames, seconds)
        self._places = {person: np.asarray(at, np.float32) for person, at in before.places}
        self._found.update(self._places)

    def another(self, finder: FaceFinder) -> PeopleByPlace:
        """Return a matcher for as many people without a history."""
        del finder
        return PeopleByPlace(self._count)

    def assign(self, frame: TrackableFrame, faces: Sequence[Face]) -> list[int | None]:
        """Return for each face of the next frame who it is."""
        told = self._log.told(frame.time, faces)
        persons = self._tell(faces) if told is None else told
        self._take_in(faces, persons)
        self._log.note(frame.time, faces, persons)
        return persons

    def _tell(self, faces: Sequence[Face]) -> list[int | None]:
        """Return who the faces are, by track or, for new ones, by place."""
        ids = {face.track_id for face in faces}
        self._tracks = {key: person for key, person in self._tracks.items() if key in ids}
        for face in sorted(faces, key=lambda each: float(_center(each)[0])):
            if face.track_id not in self._tracks:
                person = self._newcomer(face)
                if person is not None:
                    self._tracks[face.track_id] = person
        return [self._tracks.get(face.track_id) for face in faces]

    def _take_in(self, faces: Sequence[Face], persons: Sequence[int | None]) -> None:
        self._tracks = {}
        for face, person in zip(faces, persons, strict=True):
            if person is not None:
                self._tracks[face.track_id] = person
                self._places[person] = _center(face)
        self._found.update(self._places)

    def _newcomer(self, face: Face) -> int | None:
        """Return who a face may be that was not in the frame before."""
        away = [person for person in range(self._count) if person not in self._tracks.values()]
        here = _center(face)

        def distance(person: int) -> float:
            return float(np.linalg.norm(self._places[person] - here))

        seen = [person for person in away if person in self._places]
        nearest = min(seen, key=distance, default=None)
        if nearest is not None and distance(nearest) < float(face.box[2] - face.box[0]):
            return nearest
        new = [person for person in away if person not in self._places]
        return new[0] if new else nearest


def _center(face: Face) -> Floats:
    center: Floats = (face.box[:2] + face.box[2:]) / np.float32(2)
    return center

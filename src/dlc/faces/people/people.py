"""Tells which face in a frame is which of the requested people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from dlc.arrays import Embedding, Floats
from dlc.faces.detection.scene_cut import SceneCutDetector
from dlc.faces.face import Face
from dlc.faces.finder import FaceFinder, Needs
from dlc.faces.matching import one_to_one
from dlc.faces.overlap import overlap
from dlc.faces.people.whereabouts import FrameLog, Whereabouts
from dlc.faces.pixels import TrackableFrame

# Frames between routine looks at a face: one that is known, and one that is none of the requested
# people.
_KNOWN_EVERY, _UNKNOWN_EVERY = 15, 5
# Number of frames in which a new face is looked at every time.
_NEW = 3
# A face is in doubt while its box, grown by this share of its size on every side, touches another
# face or the place where one was lost within this many frames: trackers may mix up such faces.
_GROWTH = 0.15
_LOST = 15
# Extra similarity needed for a face to change from one person to another.
_HYSTERESIS = 0.1
# Failed looks after a doubt before a face loses its person. Without a doubt it keeps it.
_PATIENCE = 5


class PeopleMatcher(Protocol):
    """Tells who is who in consecutive frames; called from one thread."""

    @property
    def found(self) -> frozenset[int]:
        """The people that were found so far."""

    @property
    def whereabouts(self) -> Whereabouts:
        """The state from which a successor continues."""

    def go_on(self, before: Whereabouts, seconds: float) -> None:
        """Continue where another one ended.

        Its last frames may come again, as a fresh tracker must first locate the faces; in these
        frames, everybody is who they were before.

        Args:
            before: the other matcher's state.
            seconds: how much time of the coming frames `whereabouts` has to cover.
        """

    def another(self, finder: FaceFinder) -> PeopleMatcher:
        """Return a matcher for the same people that has not seen any target.

        Args:
            finder: finds and recognizes the faces of its target.
        """

    def assign(self, frame: TrackableFrame, faces: Sequence[Face]) -> list[int | None]:
        """Return for each face of the next frame its person, counted from 0, or None for nobody.

        No two faces in a frame are the same person.
        """

    def reset(self) -> None:
        """Forget where everybody was: the next frame begins a new video."""


@dataclass(slots=True)
class _Track:
    """What is known about the face with one track id."""

    box: Floats
    began: int
    seen: int
    looked: int | None = None
    person: int | None = None
    was_in_doubt: bool = False
    failures: int = 0


class PeopleByLook:
    """Compares embeddings with those of the people's photos, and relies on tracks in between.

    A face is looked at when it is new, every so often, and in every frame while it is so close to
    another one that a tracker may mix them up. If a look is inconclusive, as in profile, the face
    stays who it was, and a new face is whoever was lost there a moment ago, unless there was a cut.

    Attributes:
        looks: number of embeddings computed so far.
    """

    def __init__(self, finder: FaceFinder, people: Sequence[Embedding], similarity: float) -> None:
        """Start with no history.

        Args:
            finder: computes embeddings.
            people: embeddings by the same recognizer, float32 vectors of unit length.
            similarity: the cosine from which two embeddings are the same person.
        """
        self._finder = finder
        self._people = np.stack(people)
        self._similarity = similarity
        self._found: set[int] = set()
        self.looks = 0
        self.reset()

    @property
    def found(self) -> frozenset[int]:
        """The people that were found so far."""
        return frozenset(self._found)

    @property
    def whereabouts(self) -> Whereabouts:
        """Where everybody was in the frames that are kept."""
        return Whereabouts(frames=self._log.frames)

    def go_on(self, before: Whereabouts, seconds: float) -> None:
        """Continue where another one ended; see `PeopleMatcher`."""
        self.reset()
        self._log = FrameLog(before.frames, seconds)

    def another(self, finder: FaceFinder) -> PeopleByLook:
        """Return a matcher for the same people without a history."""
        return PeopleByLook(finder, list(self._people), self._similarity)

    def reset(self) -> None:
        """Forget where everybody was."""
        self._log = FrameLog()
        self._tracks: dict[int, _Track] = {}
        self._cuts = SceneCutDetector()
        self._now = 0

    def assign(self, frame: TrackableFrame, faces: Sequence[Face]) -> list[int | None]:
        """Return for each face of the next frame who it is."""
        self._now += 1
        if self._cuts.is_cut(frame):
            self._tracks.clear()
        tracks = self._tracks_of(faces)
        self._forget_the_lost()
        told = self._log.told(frame.time, faces)
        if told is None:
            self._tell(frame, faces, tracks)
        else:
            for track, person in zip(tracks, told, strict=True):
                track.person = person
        who = [track.person for track in tracks]
        self._found.update(person for person in who if person is not None)
        self._log.note(frame.time, faces, who)
        return who

    def _tell(self, frame: TrackableFrame, faces: Sequence[Face], tracks: Sequence[_Track]) -> None:
        """Look at the faces that are due, and settle who everybody is."""
        for track in tracks:
            track.was_in_doubt |= self._is_in_doubt(track)
        due = [number for number, track in enumerate(tracks) if self._is_due(track)]
        scores = dict(zip(due, self._look(frame, [faces[number] for number in due]), strict=True))
        persons = one_to_one(self._claims(tracks, scores))
        for number, track in enumerate(tracks):
            self._settle(track, persons.get(number), scores.get(number))

    def _tracks_of(self, faces: Sequence[Face]) -> list[_Track]:
        """Return the track of each face; a new one may inherit the person of a lost one."""
        known = [face for face in faces if face.track_id in self._tracks]
        for face in known:
            track = self._tracks[face.track_id]
            track.box, track.seen = face.box, self._now
        for face in faces:
            if face.track_id not in self._tracks:
                track = _Track(face.box, self._now, self._now)
                track.person = self._heritage(track)
                self._tracks[face.track_id] = track
        return [self._tracks[face.track_id] for face in faces]

    def _heritage(self, track: _Track) -> int | None:
        """Return who was lost where a new face appears, unless they are elsewhere by now."""
        here = {each.person for each in self._tracks.values() if each.seen == self._now}
        box = _grown(track.box)
        shares = [
            (overlap(box, _grown(lost.box)), lost.person)
            for lost in self._tracks.values()
            if lost.person is not None and lost.person not in here
        ]
        share, person = max(shares, default=(0.0, None))
        return person if share > 0 else None

    def _forget_the_lost(self) -> None:
        oldest = self._now - _LOST
        self._tracks = {key: each for key, each in self._tracks.items() if each.seen >= oldest}

    def _is_in_doubt(self, track: _Track) -> bool:
        box = _grown(track.box)
        return any(
            overlap(box, _grown(other.box)) > 0
            for other in self._tracks.values()
            if other is not track
        )

    def _is_due(self, track: _Track) -> bool:
        if track.looked is None or self._now - track.began < _NEW or self._is_in_doubt(track):
            return True
        # After a doubt, it takes one conclusive look, or several failed ones, to be sure again.
        if track.was_in_doubt and track.person is not None:
            return True
        every = _UNKNOWN_EVERY if track.person is None else _KNOWN_EVERY
        return self._now - track.looked >= every

    def _look(self, frame: TrackableFrame, faces: Sequence[Face]) -> list[Floats]:
        """Return for each face its similarity to everybody, float32 (people,)."""
        self.looks += len(faces)
        described = self._finder.describe(frame, faces, Needs.EMBEDDING)
        nobody = np.full(len(self._people), -1.0, np.float32)
        return [
            nobody if face.embedding is None else self._people @ face.embedding
            for face in described
        ]

    def _claims(
        self, tracks: Sequence[_Track], scores: dict[int, Floats]
    ) -> Iterator[tuple[float, int, int]]:
        """Yield how well faces suit people: strength, number of the face, person."""
        for number, track in enumerate(tracks):
            likeness = scores.get(number)
            if likeness is None:
                if track.person is not None:
                    # Nothing contradicts the earlier look.
                    yield 2.0, number, track.person
                continue
            alike = [int(person) for person in np.flatnonzero(likeness >= self._similarity)]
            for person in alike:
                bonus = _HYSTERESIS if person == track.person else 0.0
                yield float(likeness[person]) + bonus, number, person
            if track.person is not None and track.person not in alike:
                # The weakest claim: for a face that resembles nobody, or somebody already here.
                yield 0.0, number, track.person

    def _settle(self, track: _Track, person: int | None, likeness: Floats | None) -> None:
        """Record who a face is."""
        track.person = person
        if likeness is None:
            return
        track.looked = self._now
        if person is not None and float(likeness[person]) >= self._similarity:
            track.failures = 0
            track.was_in_doubt = False
            return
        track.failures += 1
        if track.was_in_doubt and track.failures >= _PATIENCE and not self._is_in_doubt(track):
            track.person, track.was_in_doubt = None, False


def _grown(box: Floats) -> Floats:
    margin = _GROWTH * (box[2:] - box[:2])
    return np.concatenate([box[:2] - margin, box[2:] + margin])

"""The people of a run: how they are told apart, and which swapper gives them new faces."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dlc.arrays import Embedding
from dlc.errors import InputError, ModelError
from dlc.faces.face import Face
from dlc.faces.finder import FaceFinder, Needs, all_needs
from dlc.faces.people.by_place import PeopleByPlace
from dlc.faces.people.finder import PeopleFinder
from dlc.faces.people.people import PeopleByLook, PeopleMatcher
from dlc.faces.people.recognizer import unit
from dlc.faces.people.whereabouts import Whereabouts
from dlc.faces.selector import select_faces
from dlc.options import FaceChoice, PeopleOptions
from dlc.pipeline import CancelToken
from dlc.swapping.people_swapper import PeopleSwapper
from dlc.swapping.swapper import FaceSwapper
from dlc.workflows.engines.engine import LoadedEngine
from dlc.workflows.engines.recognizer import check_measurable
from dlc.workflows.people.assignment import Assignment, asked_for
from dlc.workflows.sources import SourcePhoto, read_sources

logger = logging.getLogger(__name__)

_BY_PLACE = (
    "nothing is installed that tells people apart: they were taken in the order in which they "
    "appear, from the left, and may be mixed up after cuts and where they cross; "
    "`dlc models pull sface` installs a recognizer"
)


@dataclass(frozen=True, slots=True, eq=False)
class Cast:
    """The known people, and a swapper that learns their sources.

    Attributes:
        engine: the loaded engine.
        swapper: swaps faces once `prepare` was called.
        sources: the swapper of each source, with the photos to prepare it with.
        assignments: who gets which face.
        matcher: tells people apart, if anybody was asked for.
    """

    engine: LoadedEngine
    swapper: FaceSwapper
    sources: tuple[tuple[FaceSwapper, tuple[SourcePhoto, ...]], ...]
    assignments: tuple[Assignment, ...]
    matcher: PeopleMatcher | None

    def again(self, engine: LoadedEngine) -> Cast:
        """Return the same people with the same sources on a fresh engine, ready for a new target.

        Nothing has to be prepared again if this cast was.
        """
        swappers = [swapper.another() for swapper, _ in self.sources]
        matcher = self.matcher
        if matcher is not None:
            matcher = matcher.another(engine.recognizer or engine.finder)
        photos = [photos for _, photos in self.sources]
        return Cast(
            engine,
            _combined(self.assignments, swappers),
            tuple(zip(swappers, photos, strict=True)),
            self.assignments,
            matcher,
        )

    @property
    def photos(self) -> list[SourcePhoto]:
        """All source photos in use."""
        return [photo for _, photos in self.sources for photo in photos]

    @property
    def target_needs(self) -> Needs:
        """What must be known about the faces to swap, for the swapper and the effects."""
        needs = (effect.target_needs for effect in self.engine.effects)
        return all_needs((self.swapper.target_needs, *needs))

    def prepare(self) -> None:
        """Prepare every swapper with its source, and say what makes photos poor ones."""
        for swapper, photos in self.sources:
            flaws = swapper.prepare([(photo.frame, photo.face) for photo in photos])
            for number, flaw in flaws.items():
                logger.warning("%s: %s", photos[number].path, flaw)

    def finder(self, faces: FaceFinder | None = None) -> FaceFinder:
        """Return a new finder that also says whose face each one is.

        Args:
            faces: finds the faces; None means the engine's own finder.
        """
        faces = faces or self.engine.finder
        return faces if self.matcher is None else PeopleFinder(faces, self.matcher)

    def choose(self, faces: Sequence[Face], choice: FaceChoice | tuple[int, ...]) -> list[Face]:
        """Return the faces to swap in a frame: `choice` of those in the cast."""
        if self.matcher is not None and all(each.person for each in self.assignments):
            faces = [face for face in faces if face.person is not None]
        return select_faces(faces, choice)

    @property
    def caveats(self) -> tuple[str, ...]:
        """What the user should know of any run with this cast."""
        return (_BY_PLACE,) if isinstance(self.matcher, PeopleByPlace) else ()

    @property
    def found(self) -> frozenset[int]:
        """The people that were found so far."""
        return frozenset() if self.matcher is None else self.matcher.found

    @property
    def whereabouts(self) -> Whereabouts | None:
        """The state that the next segment's cast starts from, if there is any."""
        return None if self.matcher is None else self.matcher.whereabouts

    def go_on(self, before: Whereabouts | None, seconds: float) -> None:
        """Continue where another cast of the same people ended; some of its frames come again.

        Args:
            before: the other cast's state; None starts fresh.
            seconds: how much frame time `whereabouts` has to cover.
        """
        if self.matcher is not None:
            self.matcher.go_on(before or Whereabouts(), seconds)

    @property
    def notes(self) -> tuple[str, ...]:
        """What the user should know after the run."""
        return (*self.caveats, *missed_people(self.assignments, self.found))


def missed_people(assignments: Sequence[Assignment], found: frozenset[int]) -> tuple[str, ...]:
    """Return notes on the people who were asked for but not found."""
    return tuple(
        f"nobody in the target was recognized as {_named(assignment.person)}"
        for number, assignment in enumerate(asked_for(assignments))
        if number not in found
    )


def _named(person: Sequence[Path]) -> Path:
    """Return what was named as a person's photo; several are a folder's."""
    return person[0] if len(person) == 1 else person[0].parent


def read_cast(
    engine: LoadedEngine,
    assignments: Sequence[Assignment],
    options: PeopleOptions,
    cancel: CancelToken,
) -> Cast:
    """Read all photos and find the people in them.

    Args:
        engine: the loaded engine.
        assignments: from `assignments_of`.
        options: how alike two faces of the same person are.
        cancel: checked before every photo.

    Raises:
        InputError: a photo cannot be read.
        NoFaceError: there is no face in a photo.
        ModelError: a particular person or similarity is requested, and there is no recognizer.
        Cancelled: the run was stopped.
    """
    finder, swapper = engine.finder, engine.swapper
    asked = asked_for(assignments)
    matcher = _matcher(engine, asked, options, cancel) if asked else None
    swappers = [swapper.another() for _ in assignments] if asked else [swapper]
    sources = [
        tuple(read_sources(each.source, finder, swapper.source_needs, cancel))
        for each in assignments
    ]
    return Cast(
        engine,
        _combined(assignments, swappers),
        tuple(zip(swappers, sources, strict=True)),
        tuple(assignments),
        matcher,
    )


def _combined(assignments: Sequence[Assignment], swappers: Sequence[FaceSwapper]) -> FaceSwapper:
    """Return a swapper that gives everybody the face assigned to them."""
    if not asked_for(assignments):
        return swappers[0]
    keys = [number if each.person else None for number, each in enumerate(assignments)]
    return PeopleSwapper(dict(zip(keys, swappers, strict=True)))


def _matcher(
    engine: LoadedEngine,
    asked: Sequence[Assignment],
    options: PeopleOptions,
    cancel: CancelToken,
) -> PeopleMatcher:
    recognizer = engine.recognizer
    if recognizer is None:
        if options.reference is not None:
            raise ModelError(
                f"nothing is installed that finds the person of {options.reference}: "
                "`dlc models pull sface` installs a recognizer, `recognizer_model` names one, "
                "and `faces` chooses without"
            )
        check_measurable(options.similarity)
        # A photo without a face is a mistake even if nothing depends on it.
        for assignment in asked:
            read_sources(assignment.person, engine.finder, Needs.NOTHING, cancel)
        return PeopleByPlace(len(asked))
    people = [_embedding(assignment.person, recognizer, cancel) for assignment in asked]
    similarity = recognizer.similarity if options.similarity is None else options.similarity
    _warn_of_lookalikes(asked, people, similarity)
    return PeopleByLook(recognizer, people, similarity)


def _embedding(photos: Sequence[Path], finder: FaceFinder, cancel: CancelToken) -> Embedding:
    """Return the mean direction of a person's embeddings, a float32 vector of unit length."""
    faces = [photo.face for photo in read_sources(photos, finder, Needs.EMBEDDING, cancel)]
    rows = [face.embedding for face in faces if face.embedding is not None]
    if not rows:
        raise InputError(f"the face in {photos[0]} cannot be recognized; choose another photo")
    return unit(np.asarray(rows, np.float32).mean(axis=0))


def _warn_of_lookalikes(
    assignments: Sequence[Assignment], people: Sequence[Embedding], similarity: float
) -> None:
    for one in range(len(assignments)):
        for other in range(one):
            if float(people[one] @ people[other]) >= similarity:
                logger.warning(
                    "%s and %s seem to show one person: they may be mixed up",
                    assignments[other].person[0],
                    assignments[one].person[0],
                )

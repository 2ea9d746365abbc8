"""Which person in the target gets which face."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dlc.errors import OptionError
from dlc.options import PeopleOptions
from dlc.workflows.photos import Source, photo_paths


@dataclass(frozen=True, slots=True)
class Assignment:
    """A person in the target, and the face they get.

    Attributes:
        person: photos of the person; empty for everybody else.
        source: photos of the new face.
    """

    person: tuple[Path, ...]
    source: tuple[Path, ...]


def check_people(options: PeopleOptions, *, has_source: bool) -> None:
    """Raise OptionError unless the choice of people makes sense.

    Args:
        options: the choice.
        has_source: whether there is a source for people without one of their own.
    """
    check_similarity(options.similarity)
    if options.mapping and options.reference is not None:
        raise OptionError(
            "a map and a reference contradict each other: a map names every person to be swapped"
        )
    people = [os.path.realpath(person) for person, _ in options.mapping]
    for (person, _), path in zip(options.mapping, people, strict=True):
        if people.count(path) > 1:
            raise OptionError(
                f"{person} is mapped more than once, and a person gets one face: name each once"
            )
    if not options.mapping and not has_source:
        raise OptionError("no source photo was given; name one, or map people to photos")


def check_similarity(similarity: float | None) -> None:
    """Raise OptionError unless it is None or a cosine that two faces can have."""
    if similarity is not None and not 0 < similarity < 1:
        raise OptionError(f"`similarity` is {similarity:g}; give a number between 0 and 1")


def assignments_of(source: Source | None, options: PeopleOptions) -> tuple[Assignment, ...]:
    """Return who gets which face; the last one is for everybody else, if there is a source.

    Raises:
        InputError: a photo does not exist.
    """
    if options.reference is not None and source is not None:
        return (Assignment(tuple(photo_paths(options.reference)), tuple(photo_paths(source))),)
    assignments = [
        Assignment(tuple(photo_paths(person)), tuple(photo_paths(face)))
        for person, face in options.mapping
    ]
    if source is not None:
        assignments.append(Assignment((), tuple(photo_paths(source))))
    return tuple(assignments)


def asked_for(assignments: Sequence[Assignment]) -> list[Assignment]:
    """Return those of particular people, who have to be told apart; none if all get one face."""
    return [each for each in assignments if each.person]


def source_photos(assignments: Sequence[Assignment]) -> tuple[Path, ...]:
    """Return all photos of new faces, each once."""
    return tuple(dict.fromkeys(path for each in assignments for path in each.source))


def input_photos(assignments: Sequence[Assignment]) -> tuple[Path, ...]:
    """Return all photos that are read, each once, including those of people in the target."""
    people = (path for each in assignments for path in each.person)
    return tuple(dict.fromkeys([*source_photos(assignments), *people]))

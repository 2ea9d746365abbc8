"""Who gets which face: what is asked for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from dlc.errors import InputError, OptionError
from dlc.options import PeopleOptions
from dlc.workflows.people.assignment import Assignment, assignments_of, check_people

ONE = PeopleOptions()


def test_one_source_is_for_everybody(astronaut_file: Path) -> None:
    assert assignments_of(astronaut_file, ONE) == (Assignment((), (astronaut_file,)),)


def test_mapped_people_have_their_own_and_a_source_is_for_the_rest(
    astronaut_file: Path, group_file: Path
) -> None:
    mapped = PeopleOptions(mapping=((group_file, astronaut_file),))
    assignment = Assignment((group_file,), (astronaut_file,))
    assert assignments_of(None, mapped) == (assignment,)
    assert assignments_of(group_file, mapped) == (assignment, Assignment((), (group_file,)))


def test_a_reference_is_the_only_assignment(astronaut_file: Path, group_file: Path) -> None:
    options = PeopleOptions(reference=group_file)
    assert assignments_of(astronaut_file, options) == (
        Assignment((group_file,), (astronaut_file,)),
    )


def test_a_photo_that_is_not_there_is_named(astronaut_file: Path) -> None:
    with pytest.raises(InputError, match=r"no-such\.png"):
        assignments_of(None, PeopleOptions(mapping=((Path("no-such.png"), astronaut_file),)))


@pytest.mark.parametrize(
    ("options", "has_source", "said"),
    [
        (replace(ONE, similarity=1.0), True, "between 0 and 1"),
        (replace(ONE, mapping=((Path("a"), Path("b")),), reference=Path("c")), True, "contradict"),
        (
            replace(ONE, mapping=((Path("a"), Path("b")), (Path("x/../a"), Path("c")))),
            False,
            "a is mapped more than once",
        ),
        (ONE, False, "no source photo"),
        (replace(ONE, reference=Path("c")), False, "no source photo"),
    ],
)
def test_what_makes_no_sense_is_refused(
    options: PeopleOptions, has_source: bool, said: str
) -> None:
    with pytest.raises(OptionError, match=said):
        check_people(options, has_source=has_source)

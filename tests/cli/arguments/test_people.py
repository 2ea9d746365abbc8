"""How people are chosen on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from dlc.cli.arguments.people import named_files, parse_faces, parse_map, people_options
from dlc.errors import OptionError
from dlc.options import FaceChoice
from tests.cli.run import call_dlc

A, B, C = Path("a"), Path("b"), Path("c")


@pytest.mark.parametrize("choice", FaceChoice)
def test_a_choice_is_named(choice: FaceChoice) -> None:
    assert parse_faces(choice.value) is choice


def test_faces_are_numbered() -> None:
    assert parse_faces("2") == (2,)
    assert parse_faces("1, 3") == (1, 3)


@pytest.mark.parametrize("text", ["", "biggest", "1,", "1;2", "1.5"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(OptionError, match="give all, largest, smallest, left, right"):
        parse_faces(text)


def test_a_map_is_two_names() -> None:
    assert parse_map("person1.png=alice.jpg") == (Path("person1.png"), Path("alice.jpg"))


def test_a_name_with_an_equals_sign_is_found(tmp_path: Path) -> None:
    person = tmp_path / "a=b.png"
    person.touch()
    assert parse_map(f"{person}=c=d.jpg") == (person, Path("c=d.jpg"))


@pytest.mark.parametrize("text", ["person1.png", "=alice.jpg", "person1.png=", "="])
def test_a_map_that_is_not_two_names_is_refused(text: str) -> None:
    with pytest.raises(OptionError, match="PHOTO=SOURCE"):
        parse_map(text)


def test_with_a_map_two_names_are_target_and_output() -> None:
    assert named_files(A, B, None, mapped=True) == (None, A, B)
    assert named_files(A, B, C, mapped=True) == (A, B, C)
    assert named_files(None, B, C, mapped=True) == (None, B, C)
    assert named_files(A, B, C, mapped=False) == (A, B, C)


@pytest.mark.parametrize(
    ("files", "mapped", "said"),
    [
        ((A, B, None), False, "missing OUTPUT"),
        ((A, None, None), False, "missing TARGET and OUTPUT"),
        ((None, B, C), False, "missing SOURCE"),
        ((A, None, None), True, "^missing OUTPUT"),
    ],
)
def test_what_is_missing_is_named(
    files: tuple[Path | None, Path | None, Path | None], mapped: bool, said: str
) -> None:
    with pytest.raises(OptionError, match=said):
        named_files(*files, mapped=mapped)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["a.jpg", "b.mp4", "c.mp4", "--faces", "0"], "count from 1 at the left"),
        (["a.jpg", "b.mp4", "c.mp4", "--faces", "1,1"], "different numbers"),
        (["b.mp4", "c.mp4", "--map", "a=b", "--similarity", "1.5"], "--similarity is 1.5"),
        (["b.mp4", "c.mp4", "--map", "a=b", "--reference", "a"], "contradict each other"),
        (["a.jpg", "b.mp4"], "missing OUTPUT"),
    ],
)
def test_a_wrong_command_line_is_one_clear_line(arguments: list[str], said: str) -> None:
    run = call_dlc("swap", *arguments)
    assert run.returncode == 2
    assert said in run.stderr
    assert run.stderr.count("\n") == 1


def test_a_similarity_is_for_telling_people_apart() -> None:
    with pytest.raises(OptionError, match="--similarity has no effect"):
        people_options(similarity=0.4)
    assert people_options(reference=A, similarity=0.4).similarity == 0.4

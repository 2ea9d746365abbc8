"""Everybody in a video, with a portrait that can be used to map them."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from dlc.errors import DamagedInputError, NoFaceError, OptionError, OutputError
from dlc.faces.tracking.tracker import load_tracker
from dlc.media.image.reader import read_photo
from dlc.workflows.people.faces import FacesOptions, FoundPerson, find_people
from dlc.workflows.people.sheet import draw_people
from dlc.workflows.progress import Progress
from tests.cli.run import call_dlc
from tests.media import material


def test_everybody_in_a_picture_has_a_portrait_that_shows_a_face(
    group_file: Path, tmp_path: Path
) -> None:
    result = find_people(group_file, tmp_path / "people")
    assert len(result.people) == 6
    assert not result.recognized
    assert "dlc models pull sface" in result.notes[0]
    for person in result.people:
        assert person.frames == 1
        assert load_tracker().find(read_photo(person.photo)), person.photo
    assert cv2.imread(str(result.sheet)) is not None
    assert len(list((tmp_path / "people").iterdir())) == 7


def test_people_of_a_video_are_followed(group_clip: Path, tmp_path: Path) -> None:
    result = find_people(group_clip, tmp_path / "people")
    assert max(person.frames for person in result.people) == result.frames == 30
    assert 0 == result.people[0].first < result.people[0].last < 1
    # As a swap takes them that cannot recognize anybody either.
    began = [person.first for person in result.people]
    assert began == sorted(began)
    assert "in the order in which they appear" in result.notes[0]


def test_progress_tells_how_fast_it_is_and_how_long_it_takes(
    group_clip: Path, tmp_path: Path
) -> None:
    told: list[Progress] = []
    find_people(group_clip, tmp_path / "people", progress=told.append)
    assert len(told) == 30
    assert all(moment.fps > 0 for moment in told)
    assert told[0].seconds_left is not None
    seconds = [moment.seconds for moment in told]
    assert seconds[0] > 0
    assert seconds == sorted(seconds)


def test_no_threads_are_refused_as_in_a_swap(group_file: Path, tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="`threads` is 0: give at least 1"):
        find_people(group_file, tmp_path / "people", FacesOptions(threads=0))
    assert not (tmp_path / "people").exists()


def test_a_folder_that_holds_something_is_left_alone(group_file: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").touch()
    with pytest.raises(OutputError, match="not empty"):
        find_people(group_file, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    assert find_people(group_file, tmp_path, FacesOptions(overwrite=True)).people


def test_portraits_of_people_who_are_not_in_another_target_do_not_stay(
    astronaut_file: Path, group_file: Path, tmp_path: Path
) -> None:
    find_people(group_file, tmp_path)
    # The numbers of a run have no gap.
    own = {"person8.png", "person07.png", "person1.jpg", "mine.txt"}
    for name in own:
        (tmp_path / name).touch()
    find_people(astronaut_file, tmp_path, FacesOptions(overwrite=True))
    assert {path.name for path in tmp_path.iterdir()} == {"person1.png", "people.png", *own}


def test_files_named_like_portraits_stay_where_no_run_was_before(
    astronaut_file: Path, tmp_path: Path
) -> None:
    (tmp_path / "person2.png").touch()
    find_people(astronaut_file, tmp_path, FacesOptions(overwrite=True))
    assert (tmp_path / "person2.png").exists()


def test_a_portrait_is_not_replaced_by_those_of_who_is_in_it(
    astronaut_file: Path, tmp_path: Path
) -> None:
    portrait = tmp_path / "person3.png"
    portrait.write_bytes(astronaut_file.read_bytes())
    with pytest.raises(OutputError, match=r"person3\.png would be replaced"):
        find_people(portrait, tmp_path, FacesOptions(overwrite=True))
    assert list(tmp_path.iterdir()) == [portrait]


def test_nothing_is_written_where_there_is_nobody(tmp_path: Path) -> None:
    wall = tmp_path / "wall.png"
    cv2.imwrite(str(wall), np.full((240, 320, 3), 128, np.uint8))
    with pytest.raises(NoFaceError, match=r"wall\.png"):
        find_people(wall, tmp_path / "people")
    assert not (tmp_path / "people").exists()


def test_a_similarity_that_no_faces_have_is_refused(group_file: Path, tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="between 0 and 1"):
        find_people(group_file, tmp_path / "people", FacesOptions(similarity=1.5))


def test_a_damaged_target_needs_a_whole_copy_because_no_option_allows_it(
    group_file: Path, tmp_path: Path
) -> None:
    clip = material.make(tmp_path / "whole.mkv", material.Clip(pts=range(0, 51200, 512)))
    for whole in (group_file, clip):
        target = tmp_path / f"cut{whole.suffix}"
        target.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
        with pytest.raises(DamagedInputError, match="use a whole copy of it"):
            find_people(target, tmp_path / "people")


def test_the_command_prints_options_to_copy(group_file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "the people"
    run = call_dlc("faces", group_file, "--output", folder)
    assert run.returncode == 0, run.stderr
    assert f"--map '{folder / 'person1.png'}=SOURCE.jpg'" in run.stdout
    again = call_dlc("faces", group_file, "--output", folder, "--json", "--overwrite")
    shown = json.loads(again.stdout)
    assert [Path(person["photo"]).name for person in shown["people"]] == [
        f"person{number}.png" for number in range(1, 7)
    ]
    assert call_dlc("faces", group_file, "--output", folder).returncode == 6


def test_the_sheet_has_a_cell_for_everybody() -> None:
    red = np.full((50, 20, 3), (0, 0, 255), np.uint8)
    sheet = draw_people([red] * 7, ["3 frames"] * 7)
    columns = np.flatnonzero((sheet[20] == (0, 0, 255)).all(axis=1))
    assert len(columns) == 5 * 96
    assert ((sheet == (0, 0, 255)).all(axis=2)).sum() == 7 * 96 * 240


@pytest.mark.parametrize(
    ("frames", "last", "words"),
    [(1, 2.0, "1 frame"), (7, 2.0, "7 frames"), (2, 2.5, "2 frames, 0:02.00 to 0:02.50")],
)
def test_when_somebody_appears_is_said_in_words(frames: int, last: float, words: str) -> None:
    assert FoundPerson(Path("a.png"), frames, 2.0, last, 1).appearance == words

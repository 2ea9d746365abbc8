"""Who is read and told apart, and what is said about it."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

import dlc
from dlc.errors import ModelError, NoFaceError
from dlc.model_store.store import ModelStore
from dlc.options import Engine, NeuralOptions, PeopleOptions
from dlc.pipeline import CancelToken
from dlc.workflows.engines.engine import load_mesh_engine
from dlc.workflows.engines.recognizer import choose_recognizing_engine
from dlc.workflows.people.assignment import Assignment, assignments_of
from dlc.workflows.people.cast import read_cast
from tests.stand_ins import write_arcface
from tests.workflows.stores import store_of

ONE = PeopleOptions()


def test_without_a_recognizer_people_are_taken_by_place_and_that_is_said(
    astronaut_file: Path, group_file: Path
) -> None:
    assignments = (Assignment((group_file,), (astronaut_file,)),)
    cast = read_cast(load_mesh_engine(), assignments, ONE, CancelToken())
    assert "from the left" in cast.notes[0]
    assert str(group_file) in cast.notes[1]
    assert [photo.path for photo in cast.photos] == [astronaut_file]


def test_a_mapped_photo_without_a_face_is_an_error_without_a_recognizer_too(
    astronaut_file: Path, tmp_path: Path
) -> None:
    wall = tmp_path / "wall.png"
    cv2.imwrite(str(wall), np.full((240, 320, 3), 128, np.uint8))
    assignments = (Assignment((wall,), (astronaut_file,)),)
    with pytest.raises(NoFaceError, match=r"wall\.png"):
        read_cast(load_mesh_engine(), assignments, ONE, CancelToken())


def test_one_person_cannot_be_found_without_a_recognizer(astronaut_file: Path) -> None:
    options = PeopleOptions(reference=astronaut_file)
    with pytest.raises(ModelError, match="dlc models pull sface"):
        read_cast(
            load_mesh_engine(), assignments_of(astronaut_file, options), options, CancelToken()
        )


def test_no_similarity_is_ignored_for_want_of_a_recognizer(
    astronaut_file: Path, group_file: Path
) -> None:
    assignments = (Assignment((group_file,), (astronaut_file,)),)
    options = PeopleOptions(similarity=0.5)
    with pytest.raises(ModelError, match=r"`similarity=0\.5` has no effect.*dlc models pull sface"):
        read_cast(load_mesh_engine(), assignments, options, CancelToken())


def test_the_mesh_engine_takes_a_recognizer_that_was_named(
    astronaut_file: Path, group_file: Path, tmp_path: Path
) -> None:
    neural = NeuralOptions(recognizer_model=write_arcface(tmp_path / "rec.onnx"))
    choice = choose_recognizing_engine(Engine.MESH, neural, store_of(tmp_path))
    assert choice.engine is Engine.MESH
    engine = choice.load(1)
    assert [model.role for model in engine.models] == ["recognizer"]
    assignments = (Assignment((group_file,), (astronaut_file,)),)
    cast = read_cast(engine, assignments, ONE, CancelToken())
    assert cast.notes == (f"nobody in the target was recognized as {group_file}",)


def test_who_was_not_found_in_a_folder_of_photos_is_named_by_the_folder(
    astronaut_file: Path, group_file: Path, tmp_path: Path
) -> None:
    anna = tmp_path / "anna"
    anna.mkdir()
    for photo in (astronaut_file, group_file):
        (anna / photo.name).symlink_to(photo)
    people = PeopleOptions(mapping=((anna, astronaut_file),))
    assignments = assignments_of(None, people)
    cast = read_cast(load_mesh_engine(), assignments, people, CancelToken())
    assert cast.notes[1:] == (f"nobody in the target was recognized as {anna}",)


def test_people_who_look_the_same_are_warned_of(
    astronaut_file: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    neural = NeuralOptions(recognizer_model=write_arcface(tmp_path / "rec.onnx"))
    engine = choose_recognizing_engine(Engine.MESH, neural, store_of(tmp_path)).load(1)
    assignments = (Assignment((astronaut_file,), (astronaut_file,)),) * 2
    read_cast(engine, assignments, ONE, CancelToken())
    assert "seem to show one person" in caplog.text


def test_without_one_the_mesh_engine_stays_as_it_is(empty_store: ModelStore) -> None:
    engine = choose_recognizing_engine(Engine.AUTO, NeuralOptions(), empty_store).load(1)
    assert engine.models == ()


@pytest.fixture
def empty_store(tmp_path: Path) -> ModelStore:
    return store_of(tmp_path)


def test_two_faces_of_a_picture_get_two_sources(
    group_file: Path, astronaut_file: Path, tmp_path: Path
) -> None:
    """By place: the two leftmost of six faces; the other four stay."""
    mapping = ((group_file, astronaut_file), (astronaut_file, group_file))
    options = dlc.SwapOptions(engine=Engine.MESH, people=PeopleOptions(mapping=mapping))
    result = dlc.swap(None, group_file, tmp_path / "out.png", options)
    assert result.faces + result.faces_left == 2
    assert any("from the left" in note for note in result.notes)

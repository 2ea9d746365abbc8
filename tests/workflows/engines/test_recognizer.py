"""Which recognizer tells people apart, and what it is asked."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

import dlc
from dlc.errors import ModelError, OptionError, ProviderError
from dlc.faces.finder import Needs
from dlc.faces.tracking.tracker import load_tracker
from dlc.media.image.reader import read_photo
from dlc.model_store.store import ModelStore
from dlc.options import Engine, NeuralOptions, PeopleOptions, Provider
from dlc.workflows.engines.recognizer import choose_recognizing_engine, load_scout
from dlc.workflows.people.faces import FacesOptions, find_people
from tests.faces.pictures import Picture
from tests.stand_ins import write_arcface, write_sface
from tests.workflows.stores import install, store_of


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return store_of(tmp_path)


@pytest.fixture
def sface(tmp_path: Path) -> NeuralOptions:
    return NeuralOptions(recognizer_model=write_sface(tmp_path / "a.onnx"))


@pytest.fixture
def arcface(tmp_path: Path) -> NeuralOptions:
    return NeuralOptions(recognizer_model=write_arcface(tmp_path / "b.onnx"))


@pytest.mark.parametrize(
    ("name", "size", "similarity"), [("sface", 128, 0.363), ("arcface", 512, 0.35)]
)
def test_a_named_file_is_told_by_what_it_gives_and_has_a_similarity_of_its_own(
    name: str,
    size: int,
    similarity: float,
    store: ModelStore,
    astronaut_file: Path,
    request: pytest.FixtureRequest,
) -> None:
    neural: NeuralOptions = request.getfixturevalue(name)
    photo = read_photo(astronaut_file)
    for recognizer in (
        choose_recognizing_engine(Engine.MESH, neural, store).load(1).recognizer,
        load_scout(neural, 1, store).recognizer,
    ):
        assert recognizer is not None
        assert recognizer.similarity == similarity
        (face,) = recognizer.describe(photo, recognizer.find(photo), Needs.EMBEDDING)
        assert face.embedding is not None
        assert face.embedding.shape == (size,)
        recognizer.reset()


def test_a_file_that_lists_its_weights_is_run_as_one_that_does_not(
    sface: NeuralOptions, store: ModelStore, astronaut_file: Path, tmp_path: Path
) -> None:
    listed = NeuralOptions(recognizer_model=write_sface(tmp_path / "c.onnx", listed=True))
    photo = read_photo(astronaut_file)
    found = []
    for neural in (sface, listed):
        recognizer = load_scout(neural, 1, store).recognizer
        assert recognizer is not None
        (face,) = recognizer.describe(photo, recognizer.find(photo), Needs.EMBEDDING)
        found.append(face.embedding)
    # The same graph is run, so not even the order of the arithmetic differs.
    np.testing.assert_array_equal(*found)
    (kept,) = (store.folders.cache / "rewritten").rglob("*.onnx")
    assert kept.name == "c_cpu.onnx"


def test_a_scout_looks_for_tilted_faces_where_asked_for(
    sface: NeuralOptions, store: ModelStore, astronaut: NDArray[np.uint8], shared_data: Path
) -> None:
    hanging = Picture(np.ascontiguousarray(astronaut[::-1, ::-1]))
    scrfd = NeuralOptions(detector_model=shared_data / "scrfd_500m_kps.onnx")
    for neural in (sface, scrfd):
        for tilted in (False, True):
            faces = load_scout(neural, 1, store, tilted=tilted).finder.find(hanging)
            upside_down = [face for face in faces if face.points[0, 0] > face.points[1, 0]]
            assert len(upside_down) == tilted


def test_so_does_the_mesh_engine_that_recognizes(
    sface: NeuralOptions, store: ModelStore, astronaut: NDArray[np.uint8]
) -> None:
    hanging = Picture(np.ascontiguousarray(astronaut[::-1, ::-1]))
    for tilted in (False, True):
        engine = choose_recognizing_engine(Engine.MESH, sface, store, tilted=tilted).load(1)
        assert engine.recognizer is not None
        assert len(engine.recognizer.find(hanging)) == tilted


def test_the_similarity_that_was_asked_for_goes_before_the_recognizers_own(
    sface: NeuralOptions, store: ModelStore
) -> None:
    scout = load_scout(sface, 1, store)
    assert scout.similarity(None) == 0.363
    assert scout.similarity(0.5) == 0.5
    without = load_scout(NeuralOptions(), 1, store)
    assert without.similarity(None) is None
    with pytest.raises(ModelError, match=r"`similarity=0\.5` has no effect"):
        without.similarity(0.5)


@pytest.mark.parametrize(
    ("installed", "taken"),
    [(("w600k_r50",), "w600k_r50"), (("sface",), "sface"), (("w600k_r50", "sface"), "sface")],
)
def test_of_those_installed_the_one_that_anybody_may_use_is_taken(
    installed: tuple[str, ...], taken: str, store: ModelStore
) -> None:
    for name in installed:
        install(store, name)
    # The files hold zeros, and the complaint about that tells which one was read.
    with pytest.raises(ModelError, match=f"the model {taken} is damaged"):
        choose_recognizing_engine(Engine.AUTO, NeuralOptions(), store).load(1)
    with pytest.raises(ModelError, match=f"the model {taken} is damaged"):
        load_scout(NeuralOptions(), 1, store)


def test_the_neural_engine_keeps_arcface(store: ModelStore) -> None:
    for name in ("inswapper_128", "det_10g", "w600k_r50", "sface"):
        install(store, name)
    assert choose_recognizing_engine(Engine.AUTO, NeuralOptions(), store).engine is Engine.INSWAPPER
    assert choose_recognizing_engine(Engine.MESH, NeuralOptions(), store).engine is Engine.MESH


def test_the_neural_engine_still_names_all_it_lacks(
    arcface: NeuralOptions, store: ModelStore
) -> None:
    with pytest.raises(ModelError, match="dlc models pull inswapper_128 det_10g`"):
        choose_recognizing_engine(Engine.INSWAPPER, arcface, store)


def test_a_file_that_is_no_recognizer_is_refused_and_one_named_that_anybody_may_use(
    store: ModelStore, shared_data: Path
) -> None:
    neural = NeuralOptions(recognizer_model=shared_data / "scrfd_500m_kps.onnx")
    choice = choose_recognizing_engine(Engine.MESH, neural, store)
    with pytest.raises(ModelError, match=r"cannot serve as recognizer.*dlc models pull sface"):
        choice.load(1)


def test_the_recognizer_heeds_the_provider(sface: NeuralOptions, store: ModelStore) -> None:
    neural = NeuralOptions(provider=Provider.DIRECTML, recognizer_model=sface.recognizer_model)
    choice = choose_recognizing_engine(Engine.MESH, neural, store)
    with pytest.raises(ProviderError, match="`provider='directml'`"):
        choice.load(1)
    with pytest.raises(ProviderError, match="`provider='directml'`"):
        load_scout(neural, 1, store)


def test_a_provider_that_nothing_heeds_is_refused(store: ModelStore) -> None:
    neural = NeuralOptions(provider=Provider.DIRECTML)
    with pytest.raises(OptionError, match="`provider='directml'`"):
        choose_recognizing_engine(Engine.MESH, neural, store)
    with pytest.raises(OptionError, match="`provider='directml'` has nothing to run"):
        load_scout(neural, 1, store)
    load_scout(NeuralOptions(provider=Provider.CPU), 1, store)


def test_one_of_six_people_is_listed_mapped_and_swapped_with_real_weights(
    group_file: Path, astronaut_file: Path, tmp_path: Path, shared_data: Path
) -> None:
    weights = shared_data.parent / "evaluation" / "models" / "sface_int8.onnx"
    if not weights.is_file():
        pytest.skip(f"no weights in {weights}")
    neural = NeuralOptions(recognizer_model=weights)
    found = find_people(group_file, tmp_path / "people", FacesOptions(neural=neural))
    assert found.recognized
    assert len(found.people) == 6
    options = dlc.SwapOptions(
        engine=Engine.MESH,
        neural=neural,
        people=PeopleOptions(mapping=((found.people[3].photo, astronaut_file),)),
    )
    result = dlc.swap(None, group_file, tmp_path / "out.png", options)
    assert (result.faces, result.notes) == (1, ())
    before = cv2.imread(str(group_file))
    after = cv2.imread(str(tmp_path / "out.png"))
    assert before is not None
    assert after is not None
    changed = (before != after).any(axis=2)
    hit = []
    for number, face in enumerate(load_tracker().find(read_photo(group_file))):
        left, top, right, bottom = np.round(face.box).astype(int)
        if changed[top:bottom, left:right].mean() > 0.3:
            hit.append(number)
    assert hit == [3]

"""Which engine does the work, and the honest answer where one is missing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from dlc.errors import ModelError, OptionError
from dlc.inference.cpu import create_session
from dlc.inference.session import Session
from dlc.model_store.role import Role
from dlc.model_store.store import ModelStore
from dlc.options import Engine, NeuralOptions, Provider
from dlc.workflows.engines.engine import choose_engine
from tests.faces.pictures import Picture
from tests.workflows.stores import install, store_of

ONNX = Path("named.onnx")


@pytest.fixture
def empty(tmp_path: Path) -> ModelStore:
    return store_of(tmp_path)


@pytest.fixture
def complete(empty: ModelStore) -> ModelStore:
    for name in ("inswapper_128", "det_10g", "w600k_r50"):
        install(empty, name)
    return empty


def test_without_models_the_mesh_engine_does_the_work(empty: ModelStore) -> None:
    choice = choose_engine(Engine.AUTO, store=empty)
    assert choice.engine is Engine.MESH
    assert choice.reason == "built in; the neural one needs inswapper_128, det_10g, w600k_r50"


def test_mesh_engines_share_models_and_nothing_that_they_have_seen(
    empty: ModelStore, group: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path] = []

    def open_and_note(model: Path) -> Session:
        opened.append(model)
        return create_session(model)

    monkeypatch.setattr("dlc.faces.tracking.tracker.create_session", open_and_note)
    load = choose_engine(Engine.MESH, store=empty).load
    first, second = load(1), load(1)
    assert len(opened) == 3
    ids = [
        {face.track_id for face in engine.finder.find(Picture(group))} for engine in (first, second)
    ]
    assert ids[0] == ids[1] == set(range(len(ids[0])))
    assert first.swapper is not second.swapper


def test_the_mesh_engine_looks_for_tilted_faces_where_asked_for(
    empty: ModelStore, astronaut: NDArray[np.uint8]
) -> None:
    hanging = Picture(np.ascontiguousarray(astronaut[::-1, ::-1]))
    for tilted in (False, True):
        engine = choose_engine(Engine.AUTO, store=empty, tilted=tilted).load(1)
        assert len(engine.finder.find(hanging)) == tilted
        assert len(engine.finder.find(replace(hanging, is_still=True))) == 1


def test_with_its_models_the_neural_engine_does(complete: ModelStore) -> None:
    assert choose_engine(Engine.AUTO, store=complete).engine is Engine.INSWAPPER
    assert choose_engine(Engine.INSWAPPER, store=complete).engine is Engine.INSWAPPER
    assert choose_engine(Engine.MESH, store=complete).engine is Engine.MESH


def test_half_precision_serves_as_well(empty: ModelStore) -> None:
    for name in ("inswapper_128_fp16", "det_10g", "w600k_r50"):
        install(empty, name)
    assert choose_engine(Engine.AUTO, store=empty).engine is Engine.INSWAPPER


def test_the_neural_engine_names_what_it_lacks(empty: ModelStore) -> None:
    install(empty, "det_10g")
    with pytest.raises(ModelError, match="dlc models pull inswapper_128 w600k_r50`"):
        choose_engine(Engine.INSWAPPER, store=empty)


def test_a_named_file_takes_the_place_of_an_installed_one(empty: ModelStore) -> None:
    neural = NeuralOptions(swapper_model=ONNX, detector_model=ONNX, recognizer_model=ONNX)
    assert choose_engine(Engine.AUTO, neural, empty).engine is Engine.INSWAPPER


@pytest.mark.parametrize(
    ("neural", "named"),
    [
        (NeuralOptions(swapper_model=ONNX), "`swapper_model`"),
        (NeuralOptions(detector_model=ONNX), "`detector_model`"),
        (NeuralOptions(recognizer_model=ONNX), "`recognizer_model`"),
        (NeuralOptions(provider=Provider.CUDA), "`provider='cuda'`"),
    ],
)
def test_what_only_the_neural_engine_has_is_never_ignored(
    neural: NeuralOptions, named: str, empty: ModelStore
) -> None:
    with pytest.raises(OptionError, match=named):
        choose_engine(Engine.MESH, neural, empty)
    with pytest.raises(ModelError, match="not installed"):
        choose_engine(Engine.AUTO, neural, empty)


def test_models_beside_the_mesh_engine_heed_the_provider(empty: ModelStore) -> None:
    neural = NeuralOptions(provider=Provider.CUDA)
    for asked in (Engine.AUTO, Engine.MESH):
        choice = choose_engine(asked, neural, empty, beside={Role.ENHANCER})
        assert choice.engine is Engine.MESH


def test_only_what_is_beside_the_mesh_engine_is_let_pass(empty: ModelStore) -> None:
    beside = {Role.RECOGNIZER, Role.ENHANCER}
    named = NeuralOptions(recognizer_model=ONNX)
    assert choose_engine(Engine.MESH, named, empty, beside=beside).engine is Engine.MESH
    with pytest.raises(OptionError, match="`recognizer_model`"):
        choose_engine(Engine.MESH, named, empty, beside={Role.ENHANCER})
    with pytest.raises(OptionError, match=r"^`detector_model` is"):
        choose_engine(Engine.MESH, replace(named, detector_model=ONNX), empty, beside=beside)


def test_the_cpu_is_what_the_mesh_engine_runs_on(empty: ModelStore) -> None:
    neural = NeuralOptions(provider=Provider.CPU)
    assert choose_engine(Engine.AUTO, neural, empty).engine is Engine.MESH
    assert choose_engine(Engine.MESH, neural, empty).engine is Engine.MESH

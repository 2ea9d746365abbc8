"""What keeps things in front of a face, and what is said where it cannot be had."""

from __future__ import annotations

from pathlib import Path

import pytest

from dlc.errors import OptionError
from dlc.model_store.store import ModelStore
from dlc.options import Engine, MaskOptions, Occlusion
from dlc.workflows.engines.occlusion import settled_masks
from tests.workflows.stores import install, store_of

NAMED = Path("own.onnx")


@pytest.fixture
def empty(tmp_path: Path) -> ModelStore:
    return store_of(tmp_path)


@pytest.fixture
def complete(empty: ModelStore) -> ModelStore:
    install(empty, "xseg_1")
    return empty


def settled(masks: MaskOptions, engine: Engine, store: ModelStore) -> Occlusion:
    found = settled_masks(masks, engine, store)
    assert found.padding == masks.padding
    assert found.occluder_model == masks.occluder_model
    return found.occlusion


def test_by_itself_the_mesh_engine_uses_what_it_has_built_in(complete: ModelStore) -> None:
    assert settled(MaskOptions(), Engine.MESH, complete) is Occlusion.BUILT_IN


def test_by_itself_the_neural_engine_uses_the_model_that_is_installed(empty: ModelStore) -> None:
    masks = MaskOptions(padding=(1, 2, 3, 4))
    assert settled(masks, Engine.INSWAPPER, empty) is Occlusion.OFF
    install(empty, "xseg_1")
    assert settled(masks, Engine.INSWAPPER, empty) is Occlusion.MODEL


@pytest.mark.parametrize("engine", [Engine.MESH, Engine.INSWAPPER])
def test_whoever_names_a_file_means_it(engine: Engine, empty: ModelStore) -> None:
    assert settled(MaskOptions(occluder_model=NAMED), engine, empty) is Occlusion.MODEL


@pytest.mark.parametrize("engine", [Engine.MESH, Engine.INSWAPPER])
@pytest.mark.parametrize("asked", [Occlusion.MODEL, Occlusion.OFF])
def test_what_was_asked_for_is_what_is_done(
    asked: Occlusion, engine: Engine, complete: ModelStore
) -> None:
    masks = MaskOptions(occlusion=asked)
    assert settled_masks(masks, engine, complete) is masks


def test_what_is_built_into_the_mesh_engine_is_in_no_other(complete: ModelStore) -> None:
    masks = MaskOptions(occlusion=Occlusion.BUILT_IN)
    assert settled_masks(masks, Engine.MESH, complete) is masks
    with pytest.raises(OptionError, match=r"`engine='mesh'`.*dlc models pull xseg_1"):
        settled_masks(masks, Engine.INSWAPPER, complete)

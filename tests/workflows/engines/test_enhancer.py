"""The enhancer that the options ask for, and what is said where it cannot be had."""

from __future__ import annotations

from pathlib import Path

import pytest

from dlc.errors import InputError, ModelError, ProviderError
from dlc.options import EnhanceOptions, Enhancer, Provider
from dlc.workflows.engines.engine import load_mesh_engine
from dlc.workflows.engines.enhancer import open_enhancer, with_enhancer
from tests.enhancing.sharpeners import write_sharpener
from tests.stand_ins import write_arcface
from tests.workflows.stores import install, store_of


@pytest.fixture
def sharpener(tmp_path: Path) -> Path:
    return write_sharpener(tmp_path / "sharpener.onnx")


@pytest.mark.parametrize(
    ("enhancer", "name"),
    [
        (Enhancer.GFPGAN, "GFPGANv1.4"),
        (Enhancer.GPEN256, "GPEN-BFR-256"),
        (Enhancer.GPEN512, "GPEN-BFR-512"),
    ],
)
def test_weights_that_are_missing_are_named_with_the_remedy(
    enhancer: Enhancer, name: str, tmp_path: Path
) -> None:
    store, options = store_of(tmp_path), EnhanceOptions(enhancer=enhancer)
    with pytest.raises(ModelError, match=f"{name} is not installed; `dlc models pull {name}`"):
        open_enhancer(options, Provider.AUTO, store, 1)
    install(store, name)
    with pytest.raises(ModelError, match=f"{name} is damaged"):
        open_enhancer(options, Provider.AUTO, store, 1)


def test_a_file_that_is_named_is_looked_at(tmp_path: Path) -> None:
    store = store_of(tmp_path)
    missing = EnhanceOptions(model=tmp_path / "nowhere.onnx")
    with pytest.raises(InputError, match=r"nowhere\.onnx, which was named as the enhancer"):
        open_enhancer(missing, Provider.CPU, store, 1)
    other = EnhanceOptions(model=write_arcface(tmp_path / "rec.onnx"))
    with pytest.raises(ModelError, match=r"rec\.onnx cannot serve as enhancer"):
        open_enhancer(other, Provider.CPU, store, 1)


def test_a_provider_that_is_not_there_is_an_error(sharpener: Path, tmp_path: Path) -> None:
    options = EnhanceOptions(model=sharpener)
    with pytest.raises(ProviderError, match="`provider='directml'`"):
        open_enhancer(options, Provider.DIRECTML, store_of(tmp_path), 1)


def test_it_works_on_faces_before_any_other_effect(sharpener: Path, tmp_path: Path) -> None:
    options = EnhanceOptions(model=sharpener)
    load = with_enhancer(lambda _: load_mesh_engine(), options, store=store_of(tmp_path))
    engine = load(1)
    assert [effect.name for effect in engine.effects] == ["enhance"]
    (use,) = engine.models
    assert (use.role, use.name) == ("enhancer", "sharpener.onnx")
    assert use.provider.endswith("ExecutionProvider")


def test_without_it_the_engine_is_loaded_as_it_is() -> None:
    assert with_enhancer(load := lambda _: load_mesh_engine(), None) is load

"""Which model files the neural engine uses."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from dlc.errors import InputError, ModelError
from dlc.graph.synthetic import InswapperOptions, write_inswapper
from dlc.inference.route import Precision
from dlc.model_store.store import ModelStore
from dlc.options import NeuralOptions
from dlc.workflows.engines.neural_models import find_models, missing_models
from tests.stand_ins import write_arcface, write_detector, write_sface
from tests.workflows.stores import install, store_of


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return store_of(tmp_path)


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> NeuralOptions:
    """Return files of stand-ins, under names that say nothing."""
    folder = tmp_path_factory.mktemp("named")
    paths = [folder / name for name in ("a.onnx", "b.onnx", "c.onnx")]
    write_inswapper(paths[0], InswapperOptions(width=4))
    write_detector(paths[1])
    write_arcface(paths[2])
    swapper, detector, recognizer = paths
    return NeuralOptions(
        swapper_model=swapper, detector_model=detector, recognizer_model=recognizer
    )


def test_named_files_are_taken(named: NeuralOptions, store: ModelStore) -> None:
    assert missing_models(named, store) == []
    models = find_models(named, Precision.FP32, store)
    assert models.swapper == named.swapper_model
    assert models.detector == named.detector_model
    assert models.recognizer == named.recognizer_model


def test_a_file_for_something_else_is_refused(named: NeuralOptions, store: ModelStore) -> None:
    mixed = replace(named, swapper_model=named.recognizer_model)
    with pytest.raises(ModelError, match="cannot serve as swapper"):
        find_models(mixed, Precision.FP32, store)


def test_the_swapper_is_not_given_embeddings_of_sface(
    named: NeuralOptions, store: ModelStore, tmp_path: Path
) -> None:
    sface = replace(named, recognizer_model=write_sface(tmp_path / "sface.onnx"))
    with pytest.raises(ModelError, match="needs the embeddings of ArcFace"):
        find_models(sface, Precision.FP32, store)


def test_sface_installed_is_no_recognizer_of_the_neural_engine(
    named: NeuralOptions, store: ModelStore
) -> None:
    install(store, "sface")
    assert missing_models(replace(named, recognizer_model=None), store) == ["w600k_r50"]


def test_a_named_file_must_be_there(
    named: NeuralOptions, store: ModelStore, tmp_path: Path
) -> None:
    absent = replace(named, detector_model=tmp_path / "absent.onnx")
    with pytest.raises(InputError, match=r"absent\.onnx.*detector"):
        find_models(absent, Precision.FP32, store)


def test_a_truncated_file_is_refused(
    named: NeuralOptions, store: ModelStore, tmp_path: Path
) -> None:
    assert named.swapper_model is not None
    whole = named.swapper_model.read_bytes()
    cut = tmp_path / "cut.onnx"
    cut.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ModelError, match=r"cut\.onnx"):
        find_models(replace(named, swapper_model=cut), Precision.FP32, store)


def test_an_installed_file_of_the_wrong_bytes_is_refused(
    named: NeuralOptions, store: ModelStore
) -> None:
    install(store, "det_10g")
    options = replace(named, detector_model=None)
    assert missing_models(options, store) == []
    with pytest.raises(ModelError, match="dlc models pull det_10g"):
        find_models(options, Precision.FP32, store)


def test_what_is_neither_named_nor_installed_is_missing(
    named: NeuralOptions, store: ModelStore
) -> None:
    assert missing_models(NeuralOptions(), store) == ["inswapper_128", "det_10g", "w600k_r50"]
    assert missing_models(replace(named, recognizer_model=None), store) == ["w600k_r50"]
    install(store, "inswapper_128_fp16")
    assert missing_models(NeuralOptions(), store) == ["det_10g", "w600k_r50"]

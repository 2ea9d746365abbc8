"""What the engines of one run have in common, and what each has for itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray

from dlc.graph.synthetic import InswapperOptions, write_inswapper
from dlc.options import (
    ColorMatch,
    Engine,
    EnhanceOptions,
    LookOptions,
    MaskOptions,
    NeuralOptions,
    Occlusion,
    Provider,
)
from dlc.workflows.engines.effects import Appearance
from dlc.workflows.engines.engine import EngineLoader, choose_engine, load_mesh_engine
from dlc.workflows.engines.enhancer import with_enhancer
from dlc.workflows.engines.occluder import with_occluder
from dlc.workflows.engines.recognizer import choose_recognizing_engine
from tests import stand_ins
from tests.enhancing.sharpeners import write_sharpener
from tests.faces.pictures import Picture
from tests.workflows.stores import store_of


def models_in(folder: Path) -> NeuralOptions:
    write_inswapper(folder / "swapper.onnx", InswapperOptions(width=2))
    return NeuralOptions(
        provider=Provider.CPU,
        swapper_model=folder / "swapper.onnx",
        detector_model=stand_ins.write_detector(folder / "detector.onnx"),
        recognizer_model=stand_ins.write_arcface(folder / "arcface.onnx"),
        landmarker_model=stand_ins.write_landmarker(folder / "landmarker.onnx"),
    )


def neural(folder: Path) -> EngineLoader:
    models = models_in(folder)
    look = LookOptions(color_match=ColorMatch.LAB, smoothing=0.5)
    appearance = Appearance(look, MaskOptions(mouth=True))
    store = store_of(folder)
    return choose_engine(Engine.INSWAPPER, models, store, appearance, tilted=True).load


def enhanced(folder: Path) -> EngineLoader:
    options = EnhanceOptions(model=write_sharpener(folder / "sharpener.onnx"))
    return with_enhancer(lambda _: load_mesh_engine(), options, store=store_of(folder))


def occluded(folder: Path) -> EngineLoader:
    model = stand_ins.write_occluder(folder / "occluder.onnx")
    masks = MaskOptions(occlusion=Occlusion.MODEL, occluder_model=model)
    return with_occluder(lambda _: load_mesh_engine(), masks, store=store_of(folder))


def recognizing(folder: Path) -> EngineLoader:
    models = NeuralOptions(recognizer_model=stand_ins.write_sface(folder / "sface.onnx"))
    return choose_recognizing_engine(Engine.MESH, models, store_of(folder)).load


@pytest.mark.parametrize("loader", [neural, enhanced, occluded, recognizing])
def test_a_second_engine_uses_the_models_of_the_first_and_remembers_nothing_of_it(
    loader: Callable[[Path], EngineLoader], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Segments of `--resume` have an engine each; on a GPU opening models takes long."""
    opened: list[str] = []

    class Noted(onnxruntime.InferenceSession):
        def __init__(self, model: Any, *arguments: Any, **more: Any) -> None:
            # Those of the built-in engine come with dlc and are opened for each.
            if isinstance(model, str | Path) and Path(model).is_relative_to(tmp_path):
                opened.append(Path(model).name)
            super().__init__(model, *arguments, **more)

    load = loader(tmp_path)
    monkeypatch.setattr(onnxruntime, "InferenceSession", Noted)
    first = load(1)
    assert opened
    opened.clear()
    second = load(1)
    assert opened == []
    assert second.models == first.models
    assert second.finder is not first.finder
    assert second.swapper is not first.swapper
    assert [type(effect) for effect in second.effects] == [type(each) for each in first.effects]
    assert not set(map(id, second.effects)) & set(map(id, first.effects))


def test_the_neural_engine_looks_for_tilted_faces_where_asked_for(
    tmp_path: Path, shared_data: Path, astronaut: NDArray[np.uint8]
) -> None:
    scrfd = shared_data / "scrfd_500m_kps.onnx"
    models = replace(models_in(tmp_path), detector_model=scrfd)
    hanging = Picture(np.ascontiguousarray(astronaut[::-1, ::-1]))
    for tilted in (False, True):
        choice = choose_engine(Engine.INSWAPPER, models, store_of(tmp_path), tilted=tilted)
        faces = choice.load(1).finder.find(hanging)
        assert [face.points[0, 0] > face.points[1, 0] for face in faces] == [True] * tilted

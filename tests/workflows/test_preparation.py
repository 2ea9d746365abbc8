"""`--provider` with models beside the built-in engine, which itself has no use for it."""

from __future__ import annotations

from pathlib import Path

import pytest

import dlc
from dlc.errors import OptionError, ProviderError
from dlc.model_store.role import Role
from dlc.options import (
    Engine,
    EnhanceOptions,
    LiveOptions,
    MaskOptions,
    NeuralOptions,
    Occlusion,
    Provider,
    SwapOptions,
)
from dlc.workflows.preparation import models_beside
from tests.enhancing.sharpeners import write_sharpener

DIRECTML = NeuralOptions(provider=Provider.DIRECTML)


def test_what_the_options_ask_for_is_told() -> None:
    built_in = MaskOptions()
    assert models_beside(None, built_in) == frozenset()
    assert models_beside(EnhanceOptions(), built_in) == {Role.ENHANCER}
    by_name = MaskOptions(occluder_model=Path("named.onnx"))
    assert models_beside(None, by_name) == {Role.OCCLUDER}
    asked = MaskOptions(occlusion=Occlusion.MODEL)
    assert models_beside(EnhanceOptions(), asked) == {Role.ENHANCER, Role.OCCLUDER}


def test_a_files_enhancer_is_run_by_the_provider_or_not_at_all(
    astronaut_file: Path, group_clip: Path, tmp_path: Path
) -> None:
    """DirectML, which no machine of the tests has, is asked for: what asks says so."""
    enhance = EnhanceOptions(model=write_sharpener(tmp_path / "sharpener.onnx"))
    output = tmp_path / "out.mp4"
    options = SwapOptions(engine=Engine.MESH, neural=DIRECTML, enhance=enhance)
    with pytest.raises(ProviderError, match="`provider='directml'`"):
        dlc.swap(astronaut_file, group_clip, output, options)
    with pytest.raises(OptionError, match="`provider='directml'` is for the neural engine"):
        dlc.swap(
            astronaut_file, group_clip, output, SwapOptions(engine=Engine.MESH, neural=DIRECTML)
        )


def test_a_live_enhancer_is_run_by_the_provider_or_not_at_all(
    astronaut_file: Path, tmp_path: Path
) -> None:
    enhance = EnhanceOptions(model=write_sharpener(tmp_path / "sharpener.onnx"))
    camera, output = "lavfi:testsrc=size=320x240:rate=10", tmp_path / "out.mp4"
    options = LiveOptions(
        engine=Engine.MESH, neural=DIRECTML, enhance=enhance, output=output, duration=1.0
    )
    with pytest.raises(ProviderError, match="`provider='directml'`"):
        dlc.live(astronaut_file, camera, options)
    options = LiveOptions(engine=Engine.MESH, neural=DIRECTML, output=output, duration=1.0)
    with pytest.raises(OptionError, match="`provider='directml'` is for the neural engine"):
        dlc.live(astronaut_file, camera, options)

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from dlc.inference.provider_cache import cache_key, cache_options
from dlc.inference.route import ExecutionProvider
from dlc.inference.router import choose_route
from dlc.model_store.role import Role
from dlc.options import Provider
from tests.host import machines

_MAC = choose_route(Role.DETECTOR, machines.mac("Apple M3", (15, 3), "1.31.1"), threads=1)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "model.onnx"
    path.write_bytes(b"a model")
    return path


def test_coreml_gets_a_folder_of_its_own_for_a_model(model: Path, tmp_path: Path) -> None:
    options = cache_options(model, _MAC, tmp_path / "cache")
    (folder,) = options.values()
    assert list(options) == ["ModelCacheDirectory"]
    assert Path(folder).is_dir()
    assert Path(folder).parent == tmp_path / "cache" / "coreml"
    assert cache_options(model, _MAC, tmp_path / "cache") == options


def test_tensorrt_keeps_engines_and_timings(model: Path, tmp_path: Path) -> None:
    host = machines.nvidia(machines.RTX_3060)
    route = choose_route(Role.SWAPPER, host, provider=Provider.TENSORRT, threads=1)
    options = cache_options(model, route, tmp_path)
    # TensorRT's part of ONNX Runtime refuses "1", and with it the whole provider.
    assert options["trt_engine_cache_enable"] == options["trt_timing_cache_enable"] == "True"
    assert Path(options["trt_engine_cache_path"]).is_dir()


def test_a_provider_that_compiles_nothing_gets_no_folder(model: Path, tmp_path: Path) -> None:
    route = choose_route(Role.SWAPPER, machines.nvidia(machines.RTX_3060), threads=1)
    assert cache_options(model, route, tmp_path / "cache") == {}
    assert not (tmp_path / "cache").exists()


def test_the_key_changes_with_whatever_changes_the_compiled_model(model: Path) -> None:
    keys = [
        cache_key(model, _MAC),
        cache_key(model, replace(_MAC, input_shape=(1, 3, 320, 320))),
        cache_key(model, replace(_MAC, providers=(ExecutionProvider("CoreML", {"a": "1"}),))),
    ]
    os.utime(model, ns=(0, 1))
    keys.append(cache_key(model, _MAC))
    model.write_bytes(b"another model")
    os.utime(model, ns=(0, 1))
    keys.append(cache_key(model, _MAC))
    assert len(set(keys)) == len(keys)


def test_the_key_of_a_model_in_memory_is_its_contents() -> None:
    assert cache_key(b"one", _MAC) == cache_key(b"one", _MAC)
    assert cache_key(b"one", _MAC) != cache_key(b"two", _MAC)
    # CoreML takes at most 63 letters and digits.
    assert cache_key(b"one", _MAC).isalnum()
    assert len(cache_key(b"one", _MAC)) < 64

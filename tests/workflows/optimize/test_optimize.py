from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from dlc.errors import InputError, ModelError, OptionError
from dlc.graph.passes.winograd import WorthwhileSize, winograd
from dlc.graph.synthetic import InswapperOptions, write_inswapper
from dlc.inference.prepared import prepared_model
from dlc.inference.router import choose_route
from dlc.inference.runtime import installed_runtime
from dlc.model_store.catalog import Catalog
from dlc.model_store.folders import Folders
from dlc.model_store.licenses import INSIGHTFACE
from dlc.model_store.role import Role
from dlc.model_store.skim import skim_emap
from dlc.model_store.spec import ModelSpec, RemoteFile
from dlc.model_store.store import ModelStore
from dlc.options import OptimizeOptions, Provider
from dlc.workflows.optimize.optimize import optimize_models
from dlc.workflows.optimize.report import ModelReport, State
from tests.host import machines
from tests.stand_ins import write_arcface, write_sface

OLD = (1, 24)
COREML = OptimizeOptions(target=Provider.COREML)


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("optimize") / "narrow.onnx"
    write_inswapper(path, InswapperOptions(width=2))
    return path


def spec(name: str, content: bytes) -> ModelSpec:
    digest = hashlib.sha256(content).hexdigest()
    remote = RemoteFile(f"{name}.onnx", len(content), digest, ())
    return ModelSpec(name, Role.SWAPPER, INSIGHTFACE, remote)


@pytest.fixture
def store(tmp_path: Path, narrow: Path) -> ModelStore:
    """Return a store that knows a swapper in two precisions, of which none is installed."""
    folders = Folders((tmp_path / "m",), tmp_path / "m", tmp_path / "data", tmp_path / "cache")
    content = narrow.read_bytes()
    return ModelStore(Catalog([spec("swap", content), spec("swap_fp16", content)]), folders)


def optimize(
    model: Path,
    store: ModelStore,
    options: OptimizeOptions = COREML,
    release: tuple[int, int] = OLD,
) -> ModelReport:
    (found,) = optimize_models([str(model)], options, store=store, release=release).models
    return found


def test_the_swapper_becomes_one_piece(narrow: Path, store: ModelStore) -> None:
    found = optimize(narrow, store)
    assert found.state is State.MADE
    assert (found.before.nodes, found.after.nodes) == (226, 312)
    assert (found.before.partitions, found.after.partitions) == (14, 1)
    assert {node.operator for node in found.before.unsupported} == {"Pad"}
    assert (found.difference, found.dropped) == (0, ())
    assert found.path is not None
    assert found.path.is_relative_to(store.folders.cache)
    again = optimize(narrow, store)
    assert again == replace(found, state=State.CURRENT, seconds=again.seconds)
    assert optimize(narrow, store, replace(COREML, force=True)).state is State.MADE


def test_checking_rewrites_nothing(narrow: Path, store: ModelStore) -> None:
    check = replace(COREML, check=True)
    report = optimize_models([str(narrow)], check, store=store, release=OLD)
    (found,) = report.models
    assert (found.state, found.path, found.difference) == (State.TO_DO, None, None)
    assert (found.before.partitions, found.after.partitions) == (14, 1)
    assert not report.current
    assert not (store.folders.cache / "rewritten").exists()
    made = optimize(narrow, store)
    report = optimize_models([str(narrow)], check, store=store, release=OLD)
    assert report.current
    assert report.models[0].path == made.path
    again = optimize(narrow, store, replace(check, force=True))
    assert (again.state, again.path, again.difference) == (State.TO_DO, None, None)


def test_a_newer_runtime_has_nothing_to_do_unless_all_is_asked_for(
    narrow: Path, store: ModelStore
) -> None:
    found = optimize(narrow, store, release=(1, 26))
    assert (found.state, found.path) == (State.NOTHING_TO_DO, narrow)
    assert (found.before, found.after.partitions) == (found.after, 1)
    forced = optimize(narrow, store, replace(COREML, everything=True), release=(1, 26))
    assert (forced.state, forced.after.nodes) == (State.MADE, 312)


def test_a_cpu_needs_nothing(narrow: Path, store: ModelStore) -> None:
    found = optimize(narrow, store, OptimizeOptions(target=Provider.CPU))
    assert (found.state, found.path) == (State.NOTHING_TO_DO, narrow)
    assert found.before.partitions is None
    forced = optimize(narrow, store, OptimizeOptions(target=Provider.CPU, everything=True))
    assert forced.path is not None
    assert forced.path.name == "narrow_cpu.onnx"


@pytest.mark.parametrize(("memory", "count"), [(2**34, 16), (2**31, 0)])
def test_a_cpu_with_memory_gets_winograds_convolutions(
    narrow: Path, store: ModelStore, monkeypatch: pytest.MonkeyPatch, memory: int, count: int
) -> None:
    monkeypatch.setattr("dlc.inference.rewriting.CPU_PASSES", (winograd(WorthwhileSize(0, 1)),))
    monkeypatch.setattr("dlc.host.detect.available_memory", lambda: memory)
    found = optimize(narrow, store, OptimizeOptions(target=Provider.CPU))
    assert found.changes == ({"winograd-convolutions": count} if count else {})
    assert found.state is (State.MADE if count else State.NOTHING_TO_DO)
    other = optimize(
        write_arcface(narrow.with_name("arcface.onnx")), store, OptimizeOptions(target=Provider.CPU)
    )
    assert other.state is State.NOTHING_TO_DO


def test_weights_among_the_inputs_become_constants_for_every_target(
    tmp_path: Path, store: ModelStore
) -> None:
    path = write_sface(tmp_path / "listed.onnx", listed=True)
    weights = {"weights-as-constants": len(onnx.load(path).graph.initializer)}
    found = optimize(path, store)
    assert {"PRelu", "Flatten", "Gemm"} == {node.operator for node in found.before.unsupported}
    assert (found.before.partitions, found.after.partitions) == (4, 1)
    assert found.changes == {**weights, "flatten-as-reshape": 1}
    for target in (Provider.CPU, Provider.CUDA, Provider.TENSORRT):
        found = optimize(path, store, OptimizeOptions(target=target))
        assert (found.changes, found.dropped, found.difference) == (weights, (), 0)
        assert found.path is not None
        assert [value.name for value in onnx.load(found.path).graph.input] == ["data"]


def test_for_cuda_a_swapper_gets_half_precision_several_faces_and_pixels(
    narrow: Path, store: ModelStore
) -> None:
    cuda = OptimizeOptions(target=Provider.CUDA)
    found = optimize(narrow, store, cuda)
    assert found.state is State.MADE
    assert found.changes == {
        "batch-opened": 1,
        "instance-normalization": 12,
        "half-precision": 142,
        "8-bit-pixels": 1,
    }
    assert found.difference is not None
    assert 0 < found.difference < 0.05
    assert found.path is not None
    assert found.path.name == "narrow_cuda_fp16.onnx"
    before, after = (file.stat().st_size - 4 * 512 * 512 for file in (narrow, found.path))
    assert after < 0.55 * before
    np.testing.assert_array_equal(skim_emap(found.path), skim_emap(narrow))
    assert optimize(narrow, store, cuda).state is State.CURRENT
    # Where half precision overflows, the file stays in single precision.
    loud = narrow.with_name("loud.onnx")
    write_inswapper(loud, InswapperOptions(width=2, overflowing=True))
    single = optimize(loud, store, cuda)
    assert single.changes.keys() == found.changes.keys() - {"half-precision"}
    assert single.dropped == ("half-precision",)
    # A value that is hardly another one may round down to another level.
    assert single.difference in (0, 1 / 255)


def test_for_tensorrt_a_swapper_gets_the_file_that_a_run_would_make(
    narrow: Path, store: ModelStore
) -> None:
    options = OptimizeOptions(target=Provider.TENSORRT)
    found = optimize(narrow, store, options, installed_runtime().release)
    assert (found.state, found.changes) == (State.MADE, {"instance-normalization": 12})
    host = machines.nvidia(machines.H100)
    route = choose_route(Role.SWAPPER, host, provider=Provider.TENSORRT, threads=1)
    assert prepared_model(narrow, route, store.rewritten) == found.path


@pytest.mark.parametrize("target", [Provider.CUDA, Provider.TENSORRT])
def test_for_nvidia_other_models_stay_as_they_are(
    tmp_path: Path, store: ModelStore, target: Provider
) -> None:
    path = write_arcface(tmp_path / "recognizer.onnx")
    found = optimize(path, store, OptimizeOptions(target=target))
    assert (found.state, found.path) == (State.NOTHING_TO_DO, path)


def test_a_name_of_the_catalog_is_the_installed_file(narrow: Path, store: ModelStore) -> None:
    with pytest.raises(ModelError, match="dlc models pull swap"):
        optimize_models(["swap"], COREML, store=store)
    with pytest.raises(ModelError, match="no model is installed"):
        optimize_models([], COREML, store=store)
    for name in ("swap", "swap_fp16"):
        path = store.folders.download / f"{name}.onnx"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(narrow.read_bytes())
    (named,) = optimize_models(["swap_fp16"], COREML, store=store).models
    assert named.source.name == "swap_fp16.onnx"
    # CoreML takes the file in single precision.
    report = optimize_models([], COREML, store=store)
    assert [model.source.name for model in report.models] == ["swap.onnx"]


def test_a_size_that_is_open_is_fixed_to_the_input_size(tmp_path: Path, store: ModelStore) -> None:
    path = tmp_path / "open.onnx"
    picture = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, "?", "?"])
    output = helper.make_tensor_value_info("y", TensorProto.FLOAT, None)
    graph = helper.make_graph([helper.make_node("Relu", ["x"], ["y"])], "open", [picture], [output])
    opset = helper.make_opsetid("", 13)
    onnx.save(helper.make_model(graph, opset_imports=[opset], ir_version=8), path)
    found = optimize(path, store, replace(COREML, input_size=96))
    assert found.changes == {"input-size-fixed": 1}
    assert found.path is not None
    dims = onnx.load(found.path).graph.input[0].type.tensor_type.shape.dim
    assert [dim.dim_value for dim in dims] == [1, 3, 96, 96]


@pytest.mark.parametrize("size", [0, -32, 100, 8192])
def test_other_input_sizes_are_refused(size: int, store: ModelStore) -> None:
    with pytest.raises(OptionError, match="multiple of 32"):
        optimize_models([], replace(COREML, input_size=size), store=store)


def test_a_target_without_rewrites_is_refused(store: ModelStore) -> None:
    with pytest.raises(OptionError, match="openvino"):
        optimize_models([], OptimizeOptions(target=Provider.OPENVINO), store=store)


def test_other_names_and_files_are_refused(tmp_path: Path, store: ModelStore) -> None:
    with pytest.raises(OptionError, match="did you mean swap"):
        optimize_models(["swapp"], COREML, store=store)
    with pytest.raises(InputError, match="no such file"):
        optimize_models([str(tmp_path / "none.onnx")], COREML, store=store)
    with pytest.raises(InputError, match="no such file"):
        optimize_models([str(tmp_path)], COREML, store=store)
    (tmp_path / "text.onnx").write_text("no model")
    with pytest.raises(ModelError, match="not a complete ONNX file"):
        optimize_models([str(tmp_path / "text.onnx")], COREML, store=store)

from __future__ import annotations

import json
import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from dlc.errors import ModelError, WriteError
from dlc.graph.names import REWRITES_METADATA, Rewrite
from dlc.graph.passes.edit import Edit
from dlc.graph.passes.graph_pass import GraphPass
from dlc.graph.passes.reflect_pad import REFLECT_PAD
from dlc.graph.passes.winograd import Transforms, WorthwhileSize, winograd
from dlc.graph.synthetic import InswapperOptions, write_inswapper
from dlc.inference.prepared import prepared_model
from dlc.inference.provider_cache import cache_key
from dlc.inference.rewriting import RewritePlan, fixed_shape, plan_rewrites, rewrite
from dlc.inference.route import Route
from dlc.inference.router import choose_route
from dlc.inference.sessions import open_session
from dlc.model_store.contracts import check_contract
from dlc.model_store.digest import DigestCache
from dlc.model_store.rewritten_files import RewrittenFiles, recorded_changes, recorded_key
from dlc.model_store.role import Role
from dlc.model_store.skim import skim_emap
from dlc.options import Provider
from tests.graph.gfpgan import gfpgan_model
from tests.graph.graphs import with_listed_weights
from tests.host import machines
from tests.stand_ins import (
    write_arcface,
    write_detector,
    write_landmarker,
    write_occluder,
    write_sface,
)

OLD = (1, 24)


@pytest.fixture
def files(tmp_path: Path) -> RewrittenFiles:
    return RewrittenFiles(tmp_path / "cache", DigestCache(tmp_path / "cache" / "digests.json"))


def plan(
    source: Path, files: RewrittenFiles, release: tuple[int, int] = OLD, side: int | None = None
) -> RewritePlan:
    return plan_rewrites(source, Provider.COREML, files, release=release, side=side)


def mac(role: Role, version: str) -> Route:
    host = machines.mac("Apple M3", (15, 3), version)
    return choose_route(role, host, threads=1)


def test_a_rewritten_swapper_is_a_whole_file_of_its_own(
    swapper_file: Path, files: RewrittenFiles
) -> None:
    result = rewrite(plan(swapper_file, files), files)
    assert (result.changes, result.dropped) == ({"reflect-pad-as-slices": 14}, ())
    assert result.difference == 0
    assert result.path.name == "narrow_coreml.onnx"
    model = onnx.load(result.path)
    assert len(model.graph.node) == 312
    assert model.graph.initializer[-1].name == "emap"
    assert not any(t.data_location == TensorProto.EXTERNAL for t in model.graph.initializer)
    metadata = {entry.key: entry.value for entry in model.metadata_props}
    assert Rewrite.REFLECT_PAD in metadata[REWRITES_METADATA].split(",")
    assert metadata["COREML_CACHE_KEY"] == recorded_key(result.path)
    assert metadata["COREML_CACHE_KEY"].isalnum()
    assert len(metadata["COREML_CACHE_KEY"]) < 64


def test_it_is_paid_for_once(swapper_file: Path, files: RewrittenFiles) -> None:
    first = rewrite(plan(swapper_file, files), files)
    before = first.path.stat().st_mtime_ns
    assert rewrite(plan(swapper_file, files), files) == first
    assert first.path.stat().st_mtime_ns == before
    assert rewrite(plan(swapper_file, files), files, force=True) == first
    assert first.path.stat().st_mtime_ns > before


def test_a_newer_release_has_nothing_to_do_and_knows_it(
    swapper_file: Path, files: RewrittenFiles, caplog: pytest.LogCaptureFixture
) -> None:
    rewrite(plan(swapper_file, files), files)
    newer = plan(swapper_file, files, (1, 26))
    with caplog.at_level(logging.INFO, "dlc"):
        assert files.lookup(newer.entry) is None
    assert "stale" in caplog.text
    result = rewrite(newer, files)
    assert (result.path, result.changes, result.difference) == (swapper_file, {}, 0.0)
    assert files.lookup(newer.entry) is not None
    assert recorded_key(newer.entry.path) is None


@pytest.mark.parametrize("damage", ["cut", "changed", "gone", "record"])
def test_a_damaged_file_is_made_anew(
    swapper_file: Path, files: RewrittenFiles, damage: str
) -> None:
    path = rewrite(plan(swapper_file, files), files).path
    content = path.read_bytes()
    if damage == "cut":
        path.write_bytes(content[:-9])
    elif damage == "changed":
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    elif damage == "gone":
        path.unlink()
    else:
        path.with_suffix(".json").write_text("{")
    assert files.lookup(plan(swapper_file, files).entry) is None
    assert rewrite(plan(swapper_file, files), files).path.read_bytes() == content


def test_another_model_in_its_place_is_another_entry(
    swapper_file: Path, files: RewrittenFiles, tmp_path: Path
) -> None:
    copy = tmp_path / swapper_file.name
    copy.write_bytes(swapper_file.read_bytes())
    first = plan(copy, files).entry
    assert first == plan(swapper_file, files).entry
    model = onnx.load(copy)
    model.producer_name = "somebody else"
    onnx.save(model, copy)
    assert plan(copy, files).entry.path != first.path


def off_by(amount: float, exact: bool) -> GraphPass:
    """Return a pass that is wrong: it adds something to the output."""

    def add(edit: Edit) -> int:
        found = [(i, n) for i, n in edit.nodes("Tanh") if n.input[0] != "moved"]
        for index, node in found:
            shift = edit.constant(np.array([amount], np.float32))
            moved = helper.make_node("Add", [node.input[0], shift], ["moved"])
            edit.replace(index, [moved, helper.make_node("Tanh", ["moved"], list(node.output))])
        return len(found)

    return GraphPass(Rewrite.FLATTEN, "wrong", exact=exact, plan=add)


def test_a_pass_that_changes_results_is_left_out_and_the_others_go_on(
    swapper_file: Path, files: RewrittenFiles, caplog: pytest.LogCaptureFixture
) -> None:
    good = plan(swapper_file, files)
    for passes in ((off_by(0.5, exact=False), REFLECT_PAD), (REFLECT_PAD, off_by(0.5, exact=True))):
        caplog.clear()
        result = rewrite(replace(good, passes=passes), files, force=True)
        assert result.changes == {"reflect-pad-as-slices": 14}
        assert result.dropped == ("flatten-as-reshape",)
        assert result.difference == 0
        assert "flatten-as-reshape" in caplog.text
        assert len(onnx.load(result.path).graph.node) == 312


def test_small_differences_are_for_passes_that_calculate(
    swapper_file: Path, files: RewrittenFiles
) -> None:
    good = plan(swapper_file, files)
    tolerated = rewrite(replace(good, passes=(off_by(1e-7, exact=False),)), files, force=True)
    assert tolerated.dropped == ()
    assert 0 < tolerated.difference < 1e-5
    refused = rewrite(replace(good, passes=(off_by(1e-7, exact=True),)), files, force=True)
    assert refused.dropped == ("flatten-as-reshape",)
    assert refused.path == swapper_file


def test_a_cache_that_cannot_be_written_is_an_error(swapper_file: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    files = RewrittenFiles(tmp_path / "file", DigestCache(tmp_path / "digests.json"))
    with pytest.raises(WriteError, match="cannot be written"):
        rewrite(plan(swapper_file, files), files)


def test_on_the_cpu_the_original_is_used(swapper_file: Path, files: RewrittenFiles) -> None:
    route = choose_route(Role.SWAPPER, machines.cpu_only(), threads=1)
    assert prepared_model(swapper_file, route, files) == swapper_file
    assert not files.folder.exists()


def with_memory(role: Role) -> Route:
    return choose_route(role, replace(machines.cpu_only(), memory=2**34), threads=1)


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let narrow convolutions be rewritten, too."""
    passes = (winograd(WorthwhileSize(0, 1)),)
    monkeypatch.setattr("dlc.inference.rewriting.CPU_PASSES", passes)


@pytest.mark.usefixtures("eager")
def test_a_cpu_with_memory_gets_winograds_convolutions(
    swapper_file: Path, files: RewrittenFiles, swapper_feed: dict[str, Any]
) -> None:
    route = with_memory(Role.SWAPPER)
    path = prepared_model(swapper_file, route, files)
    assert path.name == "narrow_cpu.onnx"
    assert recorded_changes(path) == {"winograd-convolutions": 16}
    assert json.loads(path.with_suffix(".json").read_text())["difference"] < 1e-5
    np.testing.assert_array_equal(skim_emap(path), skim_emap(swapper_file))
    check_contract(path, Role.SWAPPER)
    sessions = [open_session(each, route) for each in (swapper_file, path)]
    before, after = (session.run(None, swapper_feed)[0] for session in sessions)
    assert 0 < np.abs(before - after).max() < 1e-5
    assert not sessions[1].session.get_session_options().enable_mem_pattern
    assert prepared_model(swapper_file, route, files) == path


def test_narrow_convolutions_are_not_worth_it_and_that_is_remembered(
    swapper_file: Path, files: RewrittenFiles
) -> None:
    route = with_memory(Role.SWAPPER)
    assert prepared_model(swapper_file, route, files) == swapper_file
    (record,) = files.folder.rglob("*.json")
    assert json.loads(record.read_text())["changes"] == {}


@pytest.mark.usefixtures("eager")
def test_winograds_convolutions_are_left_out_where_they_are_wrong(
    swapper_file: Path, files: RewrittenFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Transforms.kernel.func
    wrong = property(lambda transforms: real(transforms) * 1.001)
    monkeypatch.setattr(Transforms, "kernel", wrong)
    assert prepared_model(swapper_file, with_memory(Role.SWAPPER), files) == swapper_file
    (record,) = files.folder.rglob("*.json")
    assert json.loads(record.read_text())["dropped"] == ["winograd-convolutions"]


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    """Return an SFace that lists its weights among its inputs."""
    return write_sface(tmp_path / "listed.onnx", listed=True)


def _model_of(role: Role, folder: Path) -> Path:
    path = folder / f"{role}.onnx"
    if role is Role.ENHANCER:
        onnx.save(gfpgan_model(), path)
        return path
    if role is Role.SWAPPER:
        write_inswapper(path, InswapperOptions(width=2))
        return path
    write = {
        Role.DETECTOR: write_detector,
        Role.LANDMARKER: write_landmarker,
        Role.RECOGNIZER: write_arcface,
        Role.OCCLUDER: write_occluder,
    }
    return write[role](path)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.BUILT_IN])
def test_weights_among_the_inputs_become_constants_whatever_the_model_does(
    role: Role, files: RewrittenFiles, tmp_path: Path
) -> None:
    path = _model_of(role, tmp_path)
    model = onnx.load(path)
    route = choose_route(role, machines.cpu_only(), threads=1)
    assert prepared_model(path, route, files) == path
    onnx.save(with_listed_weights(model), path)
    prepared = prepared_model(path, route, files)
    assert recorded_changes(prepared) == {"weights-as-constants": len(model.graph.initializer)}
    assert json.loads(prepared.with_suffix(".json").read_text())["difference"] == 0
    assert onnx.load(prepared).graph == model.graph
    assert prepared_model(path, route, files) == prepared
    assert prepared_model(prepared, route, files) == prepared


def test_with_constant_weights_all_optimizations_give_the_same_but_for_rounding(
    listed: Path, files: RewrittenFiles
) -> None:
    route = choose_route(Role.RECOGNIZER, machines.cpu_only(), threads=1)
    paths = (listed, prepared_model(listed, route, files))
    sessions = [open_session(path, route).session for path in paths]
    feed = {"data": np.random.default_rng(0).uniform(0, 255, (1, 3, 112, 112)).astype(np.float32)}
    before, after = (session.run(None, feed)[0] for session in sessions)
    # ONNX Runtime now folds and fuses, which is the same arithmetic in another order.
    np.testing.assert_allclose(after, before, atol=1e-5 * np.abs(before).max())
    assert sessions[0].get_overridable_initializers()
    assert not sessions[1].get_overridable_initializers()


@pytest.mark.parametrize("version", ["1.24.4", "1.32.0"])
def test_coreml_gets_them_in_one_piece_where_its_route_asks_for_nothing(
    version: str, listed: Path, files: RewrittenFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onnxruntime.__version__", version)
    route = mac(Role.RECOGNIZER, version)
    assert route.rewrites == ()
    prepared = prepared_model(listed, route, files)
    assert set(recorded_changes(prepared)) == {"weights-as-constants", "flatten-as-reshape"}


def test_weights_that_are_constants_although_they_are_listed_stay(
    listed: Path, files: RewrittenFiles
) -> None:
    model = onnx.load(listed)
    model.ir_version = 3
    onnx.save(model, listed)
    route = choose_route(Role.RECOGNIZER, machines.cpu_only(), threads=1)
    assert not open_session(listed, route).session.get_overridable_initializers()
    assert prepared_model(listed, route, files) == listed


def test_a_file_with_weights_elsewhere_runs_as_it_is_with_a_warning(
    listed: Path, files: RewrittenFiles, caplog: pytest.LogCaptureFixture
) -> None:
    model = onnx.load(listed)
    onnx.save(model, listed, save_as_external_data=True, location="weights", size_threshold=99)
    route = choose_route(Role.RECOGNIZER, machines.cpu_only(), threads=1)
    assert prepared_model(listed, route, files) == listed
    assert "runs slower" in caplog.text
    faster = replace(route, rewrites=(Rewrite.WINOGRAD,))
    assert prepared_model(listed, faster, files) == listed
    with pytest.raises(ModelError):
        prepared_model(listed, replace(route, rewrites=(Rewrite.HALF,)), files)


def test_what_is_kept_for_a_cpu_does_not_go_by_the_size_that_results_are_compared_in(
    files: RewrittenFiles, tmp_path: Path
) -> None:
    path = _model_of(Role.DETECTOR, tmp_path)
    entries = {plan_rewrites(path, Provider.CPU, files, side=side).entry for side in (None, 320)}
    assert len(entries) == 1
    sizes = {plan_rewrites(path, Provider.COREML, files, side=side).entry for side in (320, 640)}
    assert len(sizes) == 2


def test_a_route_that_asks_for_rewrites_gets_them_with_one_line_in_the_log(
    swapper_file: Path,
    files: RewrittenFiles,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("onnxruntime.__version__", "1.24.4")
    route = mac(Role.SWAPPER, "1.24.4")
    with caplog.at_level(logging.INFO, "dlc"):
        path = prepared_model(swapper_file, route, files)
        assert prepared_model(swapper_file, route, files) == path
    assert path.name == "narrow_coreml.onnx"
    assert sum("once" in message for message in caplog.messages) == 1
    assert prepared_model(path, route, files) == path


def test_a_swap_goes_on_where_nothing_can_be_kept(
    swapper_file: Path,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("onnxruntime.__version__", "1.24.4")
    (tmp_path / "file").touch()
    files = RewrittenFiles(tmp_path / "file", DigestCache(tmp_path / "digests.json"))
    assert prepared_model(swapper_file, mac(Role.SWAPPER, "1.24.4"), files) == swapper_file
    assert "not rewritten" in caplog.text


def test_what_coreml_compiled_goes_by_the_key_of_the_file(
    swapper_file: Path, files: RewrittenFiles
) -> None:
    route = mac(Role.SWAPPER, "1.24.4")
    path = rewrite(plan(swapper_file, files), files).path
    before = cache_key(path, route)
    rewrite(plan(swapper_file, files), files, force=True)
    assert cache_key(path, route) == before
    record = path.with_suffix(".json")
    facts = json.loads(record.read_text())
    record.write_text(json.dumps({**facts, "key": "another"}))
    assert cache_key(path, route) != before


@pytest.mark.parametrize(
    ("shape", "side", "expected"),
    [
        ([1, 3, "?", "?"], 640, (1, 3, 640, 640)),
        ([1, 3, "?", "?"], None, None),
        (["n", 3, 192, 192], None, (1, 3, 192, 192)),
        ([1, 3, 128, 128], 640, None),
        (["n", 512], 640, None),
        ([1, "c", "h", "w"], 640, None),
    ],
)
def test_only_what_a_picture_leaves_open_is_fixed(
    shape: list[int | str], side: int | None, expected: tuple[int, ...] | None
) -> None:
    picture = helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)
    weights = numpy_helper.from_array(np.zeros(1, np.float32), "w")
    listed = helper.make_tensor_value_info("w", TensorProto.FLOAT, [1])
    graph = helper.make_graph([], "open", [listed, picture], [], [weights])
    assert fixed_shape(helper.make_model(graph), side) == expected


def test_a_damaged_original_is_an_error(tmp_path: Path, files: RewrittenFiles) -> None:
    path = tmp_path / "damaged.onnx"
    path.write_bytes(b"\x3a\x7fno")
    with pytest.raises(ModelError, match=r"damaged\.onnx"):
        plan(path, files)


def test_numbers_that_half_precision_cannot_hold_keep_a_model_in_single(
    tmp_path: Path, files: RewrittenFiles, caplog: pytest.LogCaptureFixture
) -> None:
    """The results would not show it: a CPU computes half precision in single precision."""
    info = helper.make_tensor_value_info
    nodes = [
        helper.make_node("Mul", ["x", "much"], ["large"]),
        helper.make_node("Mul", ["large", "much"], ["too_large"]),
        helper.make_node("Mul", ["too_large", "little"], ["y"]),
    ]
    weights = {"much": 300, "little": 1e-3}
    graph = helper.make_graph(
        nodes,
        "loud",
        [info("x", TensorProto.FLOAT, [1, 3, 8, 8])],
        [info("y", TensorProto.FLOAT, [1, 3, 8, 8])],
        [numpy_helper.from_array(np.array(v, np.float32), n) for n, v in weights.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    path = tmp_path / "loud.onnx"
    onnx.save(model, path)
    planned = plan_rewrites(path, Provider.CUDA, files, wanted=[Rewrite.HALF])
    assert rewrite(planned, files).dropped == ("half-precision",)
    assert "numbers up to 8.8e+04" in caplog.text
    # A tenth of it fits.
    model.graph.initializer[0].CopyFrom(numpy_helper.from_array(np.array(100, np.float32), "much"))
    onnx.save(model, path)
    planned = plan_rewrites(path, Provider.CUDA, files, wanted=[Rewrite.HALF])
    assert rewrite(planned, files).changes == {"half-precision": 3}

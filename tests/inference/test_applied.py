from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import onnx
import onnxruntime
import pytest
from onnx import helper

from dlc.graph.names import REWRITES_METADATA, Rewrite
from dlc.inference.applied import graph_findings, why_not_applied
from dlc.inference.cpu import create_session
from dlc.inference.route import Route
from dlc.inference.router import choose_route
from dlc.model_store.role import Role
from dlc.options import Provider
from tests.host import machines
from tests.inference.small_models import write_model


def _route(**changes: object) -> Route:
    return replace(choose_route(Role.SWAPPER, machines.cpu_only(), threads=1), **changes)


def test_a_provider_that_a_session_has_is_applied(swapper_file: Path) -> None:
    session = create_session(swapper_file)
    assert why_not_applied(session, _route()) is None
    assert graph_findings(session, _route()) == []


@pytest.mark.skipif(
    machines.CUDA in onnxruntime.get_available_providers(), reason="CUDA is built in"
)
@pytest.mark.parametrize("provider", [Provider.CUDA, Provider.TENSORRT])
def test_the_loader_says_why_nvidias_providers_are_not(
    provider: Provider, swapper_file: Path
) -> None:
    reason = why_not_applied(create_session(swapper_file), _route(provider=provider))
    assert reason is not None
    assert "lib" in reason
    assert "cannot" in reason or "not found" in reason


def test_others_keep_the_reason_to_themselves(swapper_file: Path) -> None:
    session = create_session(swapper_file)
    reason = why_not_applied(session, _route(provider=Provider.DIRECTML))
    assert reason == "it could not be started, and ONNX Runtime does not say why"


def test_a_graph_that_went_without_a_rewrite_is_told(swapper_file: Path, tmp_path: Path) -> None:
    rewrites = (Rewrite.SPLIT, Rewrite.SCALAR_GATHER)
    elsewhere = _route(rewrites=rewrites, provider=Provider.COREML)
    finding, _ = graph_findings(create_session(swapper_file), elsewhere)
    assert "leaves parts of this model to the CPU" in finding.problem
    assert finding.remedy == "run: pip install --upgrade onnxruntime"

    model = onnx.load(swapper_file)
    helper.set_model_props(model, {REWRITES_METADATA: f"{Rewrite.SCALAR_GATHER},{Rewrite.SPLIT}"})
    rewritten = tmp_path / "rewritten.onnx"
    onnx.save(model, rewritten)
    (finding,) = graph_findings(create_session(rewritten), elsewhere)
    assert "leaves parts" not in finding.problem


def test_no_update_is_asked_for_where_every_release_needs_the_rewrite(swapper_file: Path) -> None:
    route = _route(rewrites=(Rewrite.RECIPROCAL,), provider=Provider.COREML)
    (finding,) = graph_findings(create_session(swapper_file), route)
    assert "leaves parts" not in finding.problem


def test_a_graph_that_was_taken_whole_needed_no_rewrite(swapper_file: Path) -> None:
    route = _route(rewrites=(Rewrite.SPLIT, Rewrite.SCALAR_GATHER))
    assert graph_findings(create_session(swapper_file), route) == []


def test_a_provider_with_less_than_half_of_a_graph_is_told(swapper_file: Path) -> None:
    session = create_session(swapper_file)
    (finding,) = graph_findings(session, _route(provider=Provider.COREML))
    assert finding.problem.startswith("CoreML runs only 0 of the graph's ")


def test_a_size_that_could_not_be_fixed_is_told(tmp_path: Path) -> None:
    relu = helper.make_node("Relu", ["image"], ["output"])
    path = write_model(tmp_path / "nameless.onnx", relu, (1, 3, None, None))
    (finding,) = graph_findings(create_session(path), _route(input_shape=(1, 3, 64, 64)))
    assert "leaves sizes of its input open" in finding.problem

"""Probing this machine, with real sessions."""

from __future__ import annotations

from pathlib import Path

import pytest

from dlc.errors import ModelError, OptionError, ProviderError
from dlc.graph.synthetic import InswapperOptions
from dlc.host.detect import detect_host
from dlc.inference.router import choose_route
from dlc.inference.runtime import installed_runtime
from dlc.model_store.role import Role
from dlc.options import Provider
from dlc.workflows.probe import measure_swapper, probe

NARROW = 4


def test_every_role_has_a_route_and_a_reason(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DLC_MODELS", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    report = probe(provider=Provider.CPU, threads=2, measure=False)
    assert [entry.route.role for entry in report.routes] == list(Role)
    for entry in report.routes:
        assert entry.route.provider is Provider.CPU
        assert entry.route.reason
        assert bool(entry.weights) == (entry.route.role is not Role.BUILT_IN)
    assert report.swapper is None


def test_weights_in_the_users_folder_are_found_by_their_size(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DLC_MODELS", str(tmp_path))
    # A sparse file of the right size: probing looks at nothing else.
    with (tmp_path / "inswapper_128.onnx").open("wb") as file:
        file.truncate(554253681)
    (swapper,) = (e for e in probe(measure=False).routes if e.route.role is Role.SWAPPER)
    found = {weights.name: weights.path for weights in swapper.weights}
    assert found["inswapper_128"] == tmp_path / "inswapper_128.onnx"


def test_a_narrow_stand_in_is_timed_on_the_cpu() -> None:
    host = detect_host(installed_runtime())
    route = choose_route(Role.SWAPPER, host, provider=Provider.CPU, threads=1)
    speed = measure_swapper(route, InswapperOptions(width=NARROW))
    assert speed.milliseconds > 0
    assert speed.faces_per_second == pytest.approx(1000 / speed.milliseconds)
    assert speed.applied == "CPUExecutionProvider"
    assert not speed.findings


def test_a_stand_in_that_overflows_in_half_precision_is_refused() -> None:
    host = detect_host(installed_runtime())
    route = choose_route(Role.SWAPPER, host, provider=Provider.CPU, threads=1)
    with pytest.raises(ModelError, match="fp32"):
        measure_swapper(route, InswapperOptions(width=NARROW, half=True, overflowing=True))


def test_no_threads_are_refused_as_in_a_swap() -> None:
    with pytest.raises(OptionError, match="`threads` is 0: give at least 1"):
        probe(threads=0, measure=False)


def test_a_provider_that_is_not_there_is_an_error() -> None:
    missing = Provider.COREML if "CoreML" not in str(installed_runtime()) else Provider.CUDA
    with pytest.raises(ProviderError, match=str(missing)):
        probe(provider=missing, measure=False)
